// What the address says and how links are made: the filter stays in the query, the chosen place in the hash.

const CHOICE = /^#place=(.+)$/;

export function chosenSlug() {
  const found = CHOICE.exec(location.hash);
  try {
    return found ? decodeURIComponent(found[1]) : null;
  } catch {
    return null; // a hash that someone has cut short
  }
}

/** Whether the address speaks of the map: of a place, or of none; another hash leads elsewhere on the page. */
export function isAboutMap() {
  return location.hash === "" || location.hash.startsWith("#place=");
}

/** Remember the choice as a step that the Back button takes back. */
export function rememberChoice(slug) {
  if (slug !== chosenSlug()) {
    const hash = slug ? `#place=${encodeURIComponent(slug)}` : "";
    history.pushState(history.state, "", location.pathname + location.search + hash);
  }
}

/** The addresses of pages, from what the server wrote on the figure. */
export class Addresses {
  #data;

  constructor(dataset) {
    this.#data = dataset;
  }

  tie({ id }) {
    return `${this.#data.ties}${id}/`;
  }

  place({ slug, level }) {
    return `${level === "province" ? this.#data.provinces : this.#data.cities}${slug}/`;
  }

  /** All ties of this place that answer the map's filter, in the list. */
  tiesOf({ slug }) {
    const query = new URL(this.#data.source, location.href).searchParams;
    query.delete("page");
    query.set("place", slug);
    return `${this.#data.ties}?${query}`;
  }
}
