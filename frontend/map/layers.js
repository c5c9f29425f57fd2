// Canvases that follow the view as pictures until they are drawn for it.

import { geoPath } from "d3-geo";
import { worldProjection } from "../projection.js";
import { element } from "./elements.js";

const SLICE = 8; // milliseconds of stroking per frame: the rest of the frame belongs to the gesture
const STROKES = 4; // batches stroked before looking at the clock
const CLOSE = 3; // times the whole world, from which arcs are drawn one by one and exactly
const EXACT = 0.1; // pixels by which such an arc may leave the true great circle
const MARGIN = 10; // pixels drawn beyond the edge, so that no end of a line shows there

/** A canvas that remembers for which view it was drawn. */
export class Layer {
  drawnFor = null;

  constructor(name, settings) {
    this.canvas = element("canvas", { class: `map-layer map-${name}`, "aria-hidden": "true" });
    this.context = this.canvas.getContext("2d", settings);
  }

  resize([width, height], ratio) {
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.drawnFor = null;
  }

  clear() {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** Let what follows be drawn in the units of the drawing. */
  useDrawing({ k, x, y }) {
    this.context.setTransform(this.ratio * k, 0, 0, this.ratio * k, this.ratio * x, this.ratio * y);
  }

  /** Let what follows be drawn in CSS pixels. */
  usePixels() {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
  }

  follow({ k, x, y }) {
    if (this.drawnFor) {
      const grown = k / this.drawnFor.k;
      const [left, top] = [x - this.drawnFor.x * grown, y - this.drawnFor.y * grown];
      const isStill = grown === 1 && left === 0 && top === 0;
      this.canvas.style.transform = isStill ? "none" : `matrix(${grown}, 0, 0, ${grown}, ${left}, ${top})`;
    }
  }
}

/** The projection of the map as it is seen: in CSS pixels, cut off beyond the edges. */
function seen({ k, x, y }, [width, height]) {
  const projection = worldProjection().precision(EXACT);
  const [left, top] = projection.translate();
  return projection
    .scale(projection.scale() * k)
    .translate([left * k + x, top * k + y])
    .clipExtent([[-MARGIN, -MARGIN], [width + MARGIN, height + MARGIN]]);
}

/** An intent is not yet a tie: its line is dotted, as its mark in the legend is. */
function dashOf(code) {
  return code === "intent" ? [0.1, 4] : [];
}

/** Arcs, stroked a slice per frame into a canvas out of sight, which then takes the place of the one in sight. */
export class ArcLayer {
  #shown;
  #spare;
  #batches = [];
  #stroking = null;
  #isStale = true;

  constructor(name) {
    // Without the setting, reading a pixel back would fetch the whole canvas from the graphics processor.
    [this.#shown, this.#spare] = [0, 1].map(() => new Layer(name, { willReadFrequently: true }));
    this.#spare.canvas.hidden = true;
  }

  get canvases() {
    return [this.#shown.canvas, this.#spare.canvas];
  }

  set batches(batches) {
    this.#batches = batches;
    this.refresh();
  }

  resize(size, ratio) {
    this.#shown.resize(size, ratio);
    this.#spare.resize(size, ratio);
    this.#stroking = null;
  }

  /** Draw anew, whatever has been drawn: shown is the old until the new is there. */
  refresh() {
    this.#stroking = null;
    this.#isStale = true;
  }

  follow(transform) {
    this.#shown.follow(transform);
  }

  isDrawn({ transform }) {
    return !this.#isStale && this.#shown.drawnFor === transform;
  }

  /** Go on stroking for a slice of time. ``passes`` tell the width, the colour by type, and the strength of a line. */
  step(view, passes) {
    this.#stroking ??= this.#stroke(view, passes);
    if (this.#stroking.next().done) {
      this.#stroking = null;
    }
  }

  *#stroke(view, passes) {
    const { transform } = view;
    const layer = this.#spare;
    layer.clear();
    const draw = view.magnification > CLOSE ? this.#oneByOne(layer, view) : this.#together(layer, view);
    const inSight = this.#batches.filter((batch) => batch.isIn(view.surroundings));
    let since = performance.now();
    let strokes = 0;
    for (const pass of passes) {
      for (const batch of inSight) {
        draw(batch, pass);
        strokes += 1;
        if (strokes % STROKES === 0) {
          // The browser only notes strokes, and draws them when it must: reading a pixel makes it draw them now.
          layer.context.getImageData(0, 0, 1, 1);
          if (performance.now() - since > SLICE) {
            yield;
            since = performance.now();
          }
        }
      }
    }
    layer.drawnFor = transform;
    this.#isStale = false;
    [this.#shown, this.#spare] = [layer, this.#shown];
    this.#shown.canvas.hidden = false;
    this.#spare.canvas.hidden = true;
  }

  #together(layer, { transform }) {
    const { context } = layer;
    layer.useDrawing(transform);
    context.lineCap = "round";
    return ({ code, path }, { width, colourOf, strength }) => {
      context.lineWidth = width / transform.k;
      context.strokeStyle = colourOf(code);
      context.globalAlpha = strength;
      context.setLineDash(dashOf(code).map((pixels) => pixels / transform.k));
      context.stroke(path);
    };
  }

  #oneByOne(layer, { transform, size, surroundings }) {
    const { context } = layer;
    const path = geoPath(seen(transform, size), context);
    layer.usePixels();
    context.lineCap = "round";
    return (batch, { width, colourOf, strength }) => {
      context.lineWidth = width;
      context.strokeStyle = colourOf(batch.code);
      context.globalAlpha = strength;
      context.setLineDash(dashOf(batch.code));
      context.beginPath();
      for (const line of batch.linesIn(surroundings)) {
        path(line);
      }
      context.stroke();
    };
  }
}
