// Places and clusters as real buttons over the canvas: whoever can press a button can use the map.

import { element } from "./elements.js";

const NAMED = 3; // places that a cluster names to those who cannot see where it is
const LABEL_HEIGHT = 20;

function sizeOf(count) {
  return 1 + Math.min(Math.floor(Math.log10(count) * 1.5), 4);
}

/** In the order of reading: bands from the north to the south, and from left to right within a band. */
function inReadingOrder(a, b) {
  const band = (marker) => Math.floor(marker.point[1] / 50);
  return band(a) - band(b) || a.point[0] - b.point[0];
}

export class Markers {
  #overlay;
  #words;
  #shown = new Map();
  #regarded;
  #regardedKey = null;
  #measure = document.createElement("canvas").getContext("2d");

  /** ``pressed`` gets a marker and whether a key did it, ``regarded`` the one under pointer or focus or null, ``reached``
   * the one that has got the focus.
   */
  constructor(overlay, words, { pressed, regarded, reached }) {
    this.#overlay = overlay;
    this.#words = words;
    const { fontFamily } = getComputedStyle(overlay);
    this.#measure.font = `13px ${fontFamily}`;
    this.#regarded = regarded;
    overlay.addEventListener("click", (event) => {
      const marker = this.#markerOf(event);
      // The second click of a double click asks for nothing new.
      if (marker && event.detail < 2) {
        pressed(marker, event.detail === 0);
      }
    });
    overlay.addEventListener("pointerover", (event) => this.#regard(this.#markerOf(event)));
    overlay.addEventListener("pointerout", () => this.#regard(null));
    overlay.addEventListener("focusin", (event) => {
      this.#regard(this.#markerOf(event));
      reached(this.#markerOf(event));
    });
    overlay.addEventListener("focusout", () => this.#regard(null));
  }

  /** Show exactly these markers. Those that stay keep their button, and with it the focus. */
  show(markers, transform) {
    const focused = this.#shown.get(document.activeElement.dataset.key);
    const wanted = new Map([...markers].sort(inReadingOrder).map((marker) => [marker.key, marker]));
    for (const [key, marker] of wanted) {
      marker.button = this.#shown.get(key)?.button ?? this.#buttonFor(marker);
    }
    const gone = [...this.#shown.values()].filter(({ key }) => !wanted.has(key));
    this.#shown = wanted;
    this.#order([...wanted.values()].map(({ button }) => button));
    this.move(transform);
    if (gone.includes(focused)) {
      (this.buttonOf(focused.places[0]) ?? this.#overlay.parentElement).focus({ preventScroll: true });
    }
    for (const { button } of gone) {
      button.remove();
    }
    if (!wanted.has(this.#regardedKey)) {
      this.#regard(null);
    }
  }

  move(transform) {
    for (const { button, point } of this.#shown.values()) {
      const [x, y] = transform.apply(point);
      button.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    }
  }

  /** Name as many places as fit without touching one another, those with the most ties first. */
  label(transform, [width, height]) {
    const markers = [...this.#shown.values()];
    const taken = markers.map(({ point, button }) => {
      const [x, y] = transform.apply(point);
      const half = button.classList.contains("is-cluster") ? 18 : 7;
      return [x - half, y - half, x + half, y + half];
    });
    const single = markers.filter(({ places }) => places.length === 1);
    const isPressed = ({ button }) => button.getAttribute("aria-pressed") === "true";
    single.sort((a, b) => isPressed(b) - isPressed(a)
      || b.places[0].ties.length - a.places[0].ties.length || a.places[0].index - b.places[0].index);
    for (const { point, places: [place], button } of single) {
      const [x, y] = transform.apply(point);
      const box = [x + 9, y - LABEL_HEIGHT / 2, x + 15 + this.#measure.measureText(place.name).width, y + LABEL_HEIGHT / 2];
      const isFree = box[2] < width && box[1] > 0 && box[3] < height
        && taken.every((other) => box[0] > other[2] || box[2] < other[0] || box[1] > other[3] || box[3] < other[1]);
      button.classList.toggle("is-labelled", isFree);
      if (isFree) {
        taken.push(box);
      }
    }
  }

  /** The chosen place is pressed, or named beside its cluster; markers without one of the related places fade. */
  mark(chosen, related) {
    for (const { button, places } of this.#shown.values()) {
      const isChosen = places.includes(chosen);
      if (places.length === 1) {
        button.setAttribute("aria-pressed", String(isChosen));
      } else {
        button.dataset.chosen = isChosen ? chosen.name : "";
      }
      button.classList.toggle("is-chosen", isChosen);
      button.classList.toggle("is-related", related.size > 0 && places.some((place) => related.has(place)));
    }
  }

  /** The button of the marker that stands for this place, alone or among others. */
  buttonOf(place) {
    return [...this.#shown.values()].find(({ places }) => places.includes(place))?.button;
  }

  #markerOf({ target }) {
    return this.#shown.get(target.closest("button")?.dataset.key) ?? null;
  }

  #regard(marker) {
    if (this.#regardedKey !== (marker?.key ?? null)) {
      this.#regardedKey = marker?.key ?? null;
      this.#regarded(marker);
    }
  }

  #buttonFor({ key, places }) {
    const [first] = places;
    const attributes = { type: "button", "data-key": key };
    if (places.length === 1) {
      const ties = this.#words.ties(first.ties.length);
      return element(
        "button",
        {
          ...attributes, class: `map-marker is-place size-${sizeOf(first.ties.length)}`, "data-place": first.slug,
          "aria-pressed": "false", "aria-label": `${first.name} · ${first.country} · ${ties}`,
        },
        element("span", { class: "map-dot" }),
        element("span", { class: "map-label", "aria-hidden": "true" }, first.name),
      );
    }
    const count = this.#words.places(places.length);
    const names = places.slice(0, NAMED).map(({ name }) => name);
    const rest = places.length > NAMED ? [...names, "…"] : names;
    return element(
      "button",
      {
        ...attributes, class: `map-marker is-cluster size-${sizeOf(places.length)}`, "data-count": places.length,
        "aria-label": [count, ...rest].join(" · "),
      },
      element("span", { class: "map-count", "aria-hidden": "true" }, places.length.toLocaleString(document.documentElement.lang)),
    );
  }

  /** Put the buttons in this order without moving the focused one: a moved element loses the focus. */
  #order(buttons) {
    const focused = buttons.indexOf(document.activeElement);
    if (focused < 0) {
      if (buttons.some((button, index) => this.#overlay.children[index] !== button)) {
        this.#overlay.append(...buttons);
      }
      return;
    }
    document.activeElement.before(...buttons.slice(0, focused));
    this.#overlay.append(...buttons.slice(focused + 1));
  }
}
