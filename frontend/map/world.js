// One map: what its parts tell each other.

import { worldProjection } from "../projection.js";
import { Addresses, chosenSlug, isAboutMap, rememberChoice } from "./address.js";
import { Clusters, stepOf } from "./clusters.js";
import { loadLand, loadTies, partnersOf } from "./data.js";
import { Drawing } from "./drawing.js";
import { counted, element } from "./elements.js";
import { View } from "./gestures.js";
import { Markers } from "./markers.js";
import { onNewScheme, paletteOf } from "./palette.js";
import { Panel } from "./panel.js";

const DETAILED_FROM = 4; // times the whole world: the finer land is fetched when it can be told apart
const PATIENCE = 400; // milliseconds before a word about loading: most readers never see it
const READING = 2500; // milliseconds for a line of help
const MOST_STANDING_OUT = 400; // ties of a cluster that stand out under the pointer; more are a blot again

/** Replace the figure's drawing by one that moves. If the data does not arrive, the drawing stays, and a word says so. */
export async function enhance(figure) {
  const words = JSON.parse(figure.dataset.words);
  const status = element("p", { class: "map-status", role: "status" });
  figure.querySelector(".map-drawing").after(status);
  const patience = setTimeout(() => status.replaceChildren(words.loading), PATIENCE);
  try {
    const [register, land] = await Promise.all([loadTies(figure.dataset.source), loadLand(figure.dataset.land)]);
    new World(figure, register, land, { ...words, ties: counted(words.ties), places: counted(words.places) });
    status.remove();
  } catch (error) {
    figure.querySelector(".map-frame")?.remove(); // half a map is worse than the picture
    status.replaceChildren(words.failed);
    console.warn(error);
  } finally {
    clearTimeout(patience);
  }
}

class World {
  #figure;
  #register;
  #stage;
  #overlay = element("div", { class: "map-markers" });
  #view;
  #drawing;
  #clusters;
  #markers;
  #panel;
  #chosen = null;
  #returnTo = null;
  #shownFor = null;
  #isReady = false;
  #hasDetail = false;
  #isExplained = false;

  constructor(figure, register, land, words) {
    this.#figure = figure;
    this.#register = register;
    const project = worldProjection();
    for (const place of register.places) {
      place.point = project(place.at);
    }
    this.#clusters = new Clusters(register.places);
    this.#build(words);
    this.#choose(this.#placeOfAddress(), { isNews: false });
    this.#drawing.land = land; // starts the drawing, so it comes after all that can fail on odd data
    this.#listen();
  }

  #build(words) {
    const drawing = this.#figure.querySelector(".map-drawing");
    const help = element("p", { class: "map-help", id: "map-help" }, element("span", {}, words.help));
    const frame = element("div", { class: "map-frame" });
    this.#stage = element("div", {
      class: "map-stage", role: "group", tabindex: "0", "aria-describedby": help.id,
      "aria-label": drawing.getAttribute("aria-label") ?? document.title,
    });
    this.#view = new View(this.#stage, {
      moved: () => this.#moved(),
      rested: () => this.#rested(),
      ignored: () => this.#explain(help),
    });
    this.#drawing = new Drawing(this.#stage, this.#view, this.#palette(), this.#register, () => this.#drawn());
    this.#stage.append(this.#overlay, help);
    frame.append(this.#controls(words), this.#stage);
    drawing.before(frame); // the parts below read its styles
    this.#markers = new Markers(this.#overlay, words, {
      pressed: (marker, isKey) => this.#pressed(marker, isKey),
      regarded: (marker) => this.#regarded(marker),
      reached: ({ point }) => this.#view.reveal([point]),
    });
    this.#panel = new Panel(frame, new Addresses(this.#figure.dataset), words, {
      closed: () => this.#choose(null),
      picked: (place) => this.#choose(place),
    });
    this.#resize();
  }

  #controls(words) {
    const button = (label, sign, act) => {
      const made = element("button", { type: "button", "aria-label": label, title: label }, sign);
      made.addEventListener("click", act);
      return made;
    };
    return element(
      "div",
      { class: "map-controls" },
      button(words.zoomIn, "+", () => this.#view.zoomBy(2)),
      button(words.zoomOut, "−", () => this.#view.zoomBy(0.5)),
      button(words.reset, "⤢", () => this.#view.reset()),
    );
  }

  #listen() {
    new ResizeObserver(() => this.#resize()).observe(this.#stage);
    onNewScheme(() => {
      this.#drawing.palette = this.#palette();
    });
    addEventListener("popstate", () => {
      const place = this.#placeOfAddress();
      if (isAboutMap() && place !== this.#chosen) {
        this.#choose(place, { isNews: false });
      }
    });
    this.#figure.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#panel.isOpen) {
        this.#choose(null);
      }
    });
  }

  /** Whoever turns the wheel over the map may have meant the map: say once how. */
  #explain(help) {
    if (!this.#isExplained) {
      this.#isExplained = true;
      help.classList.add("is-said");
      setTimeout(() => help.classList.remove("is-said"), READING);
    }
  }

  #palette() {
    return paletteOf(this.#figure, this.#register.codes);
  }

  #placeOfAddress() {
    const slug = chosenSlug();
    return this.#register.places.find((place) => place.slug === slug) ?? null;
  }

  // --- moving ---

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    const [oldWidth, oldHeight] = this.#view.size;
    if (width && (width !== oldWidth || height !== oldHeight)) {
      this.#view.resize(width, height);
      this.#drawing.resize([width, height]);
      this.#view.cover(this.#panel.covers);
    }
  }

  #moved() {
    // The first view is set while the parts are still being made.
    if (!this.#markers) {
      return;
    }
    this.#drawing.update();
    if (this.#shownFor === stepOf(this.#view.transform.k)) {
      this.#markers.move(this.#view.transform);
    } else {
      this.#showMarkers();
    }
  }

  #rested() {
    if (!this.#markers) {
      return;
    }
    this.#showMarkers();
    this.#markers.label(this.#view.transform, this.#view.size);
    if (this.#view.magnification >= DETAILED_FROM) {
      this.#fetchDetail();
    }
  }

  async #fetchDetail() {
    if (this.#hasDetail) {
      return;
    }
    this.#hasDetail = true;
    try {
      this.#drawing.land = await loadLand(this.#figure.dataset.landDetail);
    } catch (error) {
      console.warn(error); // the coarser land serves as well
    }
  }

  #showMarkers() {
    const { transform } = this.#view;
    this.#shownFor = stepOf(transform.k);
    this.#markers.show(this.#clusters.within(this.#view.surroundings, transform.k), transform);
    this.#mark();
  }

  /** The canvas takes over from the server's drawing once it has something to show. */
  #drawn() {
    if (!this.#isReady) {
      this.#isReady = true;
      this.#figure.classList.add("is-live");
      this.#figure.dispatchEvent(new CustomEvent("map:ready"));
    }
  }

  // --- choosing ---

  #pressed({ key, places }, isKey) {
    if (places.length === 1) {
      this.#choose(places[0] === this.#chosen ? null : places[0]);
      return;
    }
    const scale = this.#clusters.splitsAt(key);
    if (scale === null) {
      this.#list(places);
      return;
    }
    if (!isKey) {
      // A key's reader goes on with what the cluster splits into; a pointer's has no use for a focus in the middle.
      this.#stage.focus({ preventScroll: true });
    }
    this.#view.fit(places.map(({ point }) => point), scale * 1.01);
  }

  /** Places that no zoom can part are listed, to choose one. */
  #list(places) {
    this.#choose(null);
    this.#returnTo = places[0];
    this.#panel.showPlaces(places);
    this.#panel.focus();
    this.#view.cover(this.#panel.covers);
  }

  /** Choose a place, or none. What the reader did is news: it goes into the address and moves the focus. */
  #choose(place, { isNews = true } = {}) {
    const hasFocus = this.#panel.hasFocus;
    const isClose = this.#view.isZoomed();
    this.#chosen = place;
    this.#figure.classList.toggle("has-choice", place !== null);
    this.#figure.classList.remove("has-preview");
    place ? this.#panel.showPlace(place) : this.#panel.close();
    this.#drawing.standingOut = place?.ties ?? [];
    this.#view.cover(this.#panel.covers);
    this.#mark();
    if (isNews) {
      rememberChoice(place?.slug ?? null);
    }
    if (place) {
      this.#returnTo = place;
      // Who looks at the world sees all the ties beside the panel; who looks closely stays there.
      this.#view.reveal([place, ...(isClose ? [] : partnersOf(place))].map(({ point }) => point));
      if (isNews) {
        this.#panel.focus();
      }
    } else if (hasFocus) {
      (this.#markers.buttonOf(this.#returnTo) ?? this.#stage).focus({ preventScroll: true });
    }
  }

  #mark() {
    this.#markers.mark(this.#chosen, new Set(this.#chosen ? [this.#chosen, ...partnersOf(this.#chosen)] : []));
  }

  /** Under the pointer or the focus, a marker's ties stand out already, unless a place is chosen. */
  #regarded(marker) {
    if (this.#chosen) {
      return;
    }
    const ties = new Set(marker?.places.flatMap((place) => place.ties));
    const isClear = ties.size <= MOST_STANDING_OUT;
    this.#figure.classList.toggle("has-preview", ties.size > 0 && isClear);
    this.#drawing.standingOut = isClear ? [...ties] : [];
  }
}
