// What is drawn under the markers: land, all ties, and the ties that stand out.

import { geoGraticule10, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { worldProjection } from "../projection.js";
import { batchesOf } from "./arcs.js";
import { ArcLayer, Layer } from "./layers.js";

const SHARPEST = 2; // pixels of the canvas to a CSS pixel: more are not told apart, and cost as many times the work
const TEXTURE = 5000; // from so many ties on, faint arcs make a texture, and finer pixels add nothing to it
const HALO = 2; // pixels by which an arc that stands out is parted from the land

function pathOf(path, object) {
  const drawn = new Path2D();
  path.context(drawn)(object);
  return drawn;
}

export class Drawing {
  #view;
  #palette;
  #land = new Layer("land");
  #ties = new ArcLayer("ties");
  #focus = new ArcLayer("focus");
  #paths;
  #codes;
  #count;
  #frame = 0;
  #whenDrawn;

  /** ``whenDrawn`` is called each time everything stands as the view asks. */
  constructor(stage, view, palette, register, whenDrawn) {
    this.#view = view;
    this.#palette = palette;
    this.#codes = register.codes;
    this.#count = register.ties.length;
    this.#ties.batches = batchesOf(register);
    this.#whenDrawn = whenDrawn;
    stage.append(this.#land.canvas, ...this.#ties.canvases, ...this.#focus.canvases);
  }

  set palette(palette) {
    this.#palette = palette;
    this.#land.drawnFor = null;
    this.#ties.refresh();
    this.#focus.refresh();
    this.update();
  }

  /** Land as TopoJSON. */
  set land(topology) {
    const path = geoPath(worldProjection());
    this.#paths = {
      sphere: pathOf(path, { type: "Sphere" }),
      graticule: pathOf(path, geoGraticule10()),
      land: pathOf(path, feature(topology, topology.objects.land)),
    };
    this.#land.drawnFor = null;
    this.update();
  }

  /** These ties stand out; how far the others fade is the style sheet's. */
  set standingOut(ties) {
    this.#focus.batches = batchesOf({ ties, codes: this.#codes });
    this.update();
  }

  resize(size) {
    const ratio = Math.min(devicePixelRatio, SHARPEST);
    this.#land.resize(size, ratio);
    this.#focus.resize(size, ratio);
    this.#ties.resize(size, this.#count < TEXTURE ? ratio : 1);
    this.update();
  }

  /** Show the present view: at once as a moved picture, and sharp as soon as it is drawn. Nothing is drawn before land. */
  update() {
    if (this.#paths && !this.#frame) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#step();
      });
    }
  }

  /** What must be drawn, in the order of what is missed most. One slice of arcs fits into a frame. */
  #step() {
    const { transform } = this.#view;
    if (this.#land.drawnFor !== transform) {
      this.#drawLand(transform);
    }
    if (!this.#focus.isDrawn(this.#view)) {
      this.#focus.step(this.#view, this.#focusPasses());
    } else if (!this.#ties.isDrawn(this.#view)) {
      this.#ties.step(this.#view, this.#tiesPasses());
    }
    this.#focus.follow(transform);
    this.#ties.follow(transform);
    const isDrawn = this.#focus.isDrawn(this.#view) && this.#ties.isDrawn(this.#view);
    isDrawn ? this.#whenDrawn() : this.update();
  }

  #drawLand(transform) {
    const { sphere, graticule, land } = this.#paths;
    const colours = this.#palette;
    const { context } = this.#land;
    this.#land.clear();
    this.#land.useDrawing(transform);
    context.fillStyle = colours.sea;
    context.fill(sphere);
    context.lineWidth = 0.5 / transform.k;
    context.strokeStyle = colours.graticule;
    context.stroke(graticule);
    context.fillStyle = colours.land;
    context.fill(land);
    context.strokeStyle = colours.coast;
    context.stroke(land);
    context.lineWidth = 1 / transform.k;
    context.strokeStyle = colours.outline;
    context.stroke(sphere);
    this.#land.drawnFor = transform;
    this.#land.follow(transform);
  }

  #doublings() {
    return Math.log2(Math.max(this.#view.magnification, 1));
  }

  /** Lines grow a little with the zoom. */
  #width() {
    return Math.min(0.9 + 0.22 * this.#doublings(), 2.2);
  }

  /** Many arcs are drawn faint, or they would be one blot; the closer one looks, the fewer are in sight. */
  #tiesPasses() {
    const crowd = Math.min(0.75, 6 / Math.sqrt(this.#count));
    const strength = Math.min(0.85, crowd * (1 + 0.35 * this.#doublings()));
    return [{ width: this.#width(), colourOf: (code) => this.#palette.kinds[code], strength }];
  }

  /** Each arc lies on a halo that parts it from land and crowd. */
  #focusPasses() {
    const width = this.#width() * 1.4;
    return [
      { width: width + HALO, colourOf: () => this.#palette.halo, strength: 1 },
      { width, colourOf: (code) => this.#palette.kinds[code], strength: 1 },
    ];
  }
}
