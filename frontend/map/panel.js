// The panel beside the map: the ties of the chosen place, or the places that share one point.

import { partnerOf } from "./data.js";
import { element } from "./elements.js";

const HEADING = "map-panel-heading";

/** By the year of founding; ties without one come last. */
function byFounding(a, b) {
  return (a.founded || "9999").localeCompare(b.founded || "9999") || a.id - b.id;
}

export class Panel {
  #aside;
  #body = element("div", { class: "map-panel-body" });
  #heading = element("h2", { id: HEADING, tabindex: "-1", "aria-live": "polite" });
  #addresses;
  #words;

  /** ``closed`` is called when the reader closes the panel, ``picked`` with a place of a list of places. */
  constructor(frame, addresses, words, { closed, picked }) {
    this.#addresses = addresses;
    this.#words = words;
    this.picked = picked;
    const close = element("button", { type: "button", class: "map-close", "aria-label": words.close }, "×");
    close.addEventListener("click", closed);
    this.#aside = element("aside", { class: "map-panel", "aria-labelledby": HEADING, hidden: "" }, this.#heading, close, this.#body);
    frame.append(this.#aside);
  }

  get isOpen() {
    return !this.#aside.hidden;
  }

  /** Pixels of the map's width that the panel covers; none where it stands below the map. */
  get covers() {
    return this.isOpen && getComputedStyle(this.#aside).position === "absolute" ? this.#aside.offsetWidth : 0;
  }

  get hasFocus() {
    return this.#aside.contains(document.activeElement);
  }

  showPlace(place) {
    const ties = [...place.ties].sort(byFounding);
    const all = element("a", { href: this.#addresses.tiesOf(place) }, this.#words.ties(ties.length));
    this.#fill(
      element("a", { href: this.#addresses.place(place) }, place.name),
      element("p", { class: "map-panel-under" }, place.country, " · ", all),
      element("ul", { class: "map-panel-ties" }, ...ties.map((tie) => this.#row(tie, partnerOf(tie, place)))),
    );
  }

  showPlaces(places) {
    const items = places.map((place) => {
      const button = element("button", { type: "button", class: "map-pick" }, place.name);
      button.addEventListener("click", () => this.picked(place));
      return element("li", {}, button, element("span", { class: "map-panel-where" }, place.country));
    });
    this.#fill(this.#words.places(places.length), element("ul", { class: "map-panel-ties" }, ...items));
  }

  focus() {
    this.#heading.focus({ preventScroll: true });
    this.#aside.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.#aside.hidden = true;
  }

  #row(tie, partner) {
    return element(
      "li",
      { "data-tie": tie.id },
      element("a", { href: this.#addresses.tie(tie) }, partner.name),
      element("span", { class: "map-panel-year" }, tie.founded.slice(0, 4)),
      element(
        "span",
        { class: "map-panel-where" },
        element("span", {}, partner.country),
        " ",
        element("span", { class: `kind kind-${tie.code}` }, tie.label),
      ),
    );
  }

  #fill(title, ...body) {
    this.#heading.replaceChildren(title);
    this.#body.replaceChildren(...body);
    this.#body.scrollTop = 0;
    this.#aside.hidden = false;
  }
}
