// Where the reader looks, and every way of moving there: mouse, wheel, touch, keys.

import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { HEIGHT, WIDTH } from "../projection.js";
import { LARGEST } from "./clusters.js";

const DURATION = 300;
const KEY_STEP = 80; // pixels for an arrow key
const MARGIN = 48; // pixels kept free around what is brought into view

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Which wheel and touch gestures are the map's, and which scroll the page.
 *
 * A page must scroll past a map. The wheel zooms with Ctrl or ⌘ (as pinching a trackpad reports itself), and freely
 * once the reader has clicked into the map or reached it by Tab. One finger moves the map only when it is zoomed in:
 * there is nowhere to go before. Two fingers always zoom.
 */
function isMeantForMap(event, stage, isZoomed) {
  if (event.type === "wheel") {
    return event.ctrlKey || event.metaKey || (stage.contains(document.activeElement) && (isZoomed() || event.deltaY < 0));
  }
  if (event.type === "dblclick") {
    return !event.target.closest("button");
  }
  if (event.type === "touchstart") {
    return event.touches.length > 1 || isZoomed();
  }
  return !event.button && !event.ctrlKey;
}

/** Ctrl and wheel is a pinch to the browser, ten times as fast: a mouse wheel's notch must not be a leap. */
function wheelDelta(event) {
  const unit = event.deltaMode === 1 ? 0.05 : event.deltaMode ? 1 : 0.002;
  const delta = -event.deltaY * unit * (event.ctrlKey ? 10 : 1);
  return Math.min(Math.max(delta, -0.4), 0.4);
}

/** A view tells a screen point from a drawn one: screen = k · drawn + (x, y), in CSS pixels. */
export class View {
  #stage;
  #selection;
  #zoom = zoom().clickDistance(4).wheelDelta(wheelDelta).duration(DURATION);
  #size = [0, 0];
  #covered = 0;

  /** ``moved`` is told of every step of a movement, ``rested`` of its end, ``ignored`` of a wheel left to the page. */
  constructor(stage, { moved, rested, ignored }) {
    this.#stage = stage;
    this.#selection = select(stage);
    this.#zoom
      .extent(() => this.#frame())
      .translateExtent([[0, 0], [WIDTH, HEIGHT]])
      .filter((event) => isMeantForMap(event, stage, () => this.isZoomed()))
      .on("zoom", () => {
        stage.classList.toggle("is-zoomed", this.isZoomed());
        moved();
      })
      .on("end", rested);
    this.#selection.call(this.#zoom);
    if (calm.matches) {
      // Its double click is animated, whatever the reader prefers.
      this.#selection.on("dblclick.zoom", (event) => this.#zoom.scaleBy(this.#selection, event.shiftKey ? 0.5 : 2));
    }
    stage.addEventListener("keydown", (event) => this.#pressed(event));
    stage.addEventListener("wheel", (event) => event.defaultPrevented || ignored(), { passive: true });
  }

  get transform() {
    return this.#stage.__zoom;
  }

  /** The part of the drawing in sight, and half as much around it: [left, top, right, bottom]. */
  get surroundings() {
    const { transform, size: [width, height] } = this;
    const [left, top] = transform.invert([-width / 4, -height / 4]);
    const [right, bottom] = transform.invert([width * 1.25, height * 1.25]);
    return [left, top, right, bottom];
  }

  get size() {
    return this.#size;
  }

  /** How many times larger than the whole world. */
  get magnification() {
    return this.transform.k / this.#whole();
  }

  isZoomed() {
    return this.magnification > 1.01;
  }

  /** Keep looking at the same spot, as large as before, after the stage has changed its size. */
  resize(width, height) {
    const isFirst = this.#size[0] === 0;
    const middle = isFirst ? [WIDTH / 2, HEIGHT / 2] : this.transform.invert(this.#middle());
    const magnification = isFirst ? 1 : this.magnification;
    this.#size = [width, height];
    this.#allow();
    this.#show(middle, magnification * this.#whole(), false);
  }

  /** Something covers this many pixels at the right: what is brought into view stays left of it. */
  cover(pixels) {
    this.#covered = pixels;
    this.#allow();
    this.#zoom.scaleBy(this.#selection, 1);
  }

  zoomBy(factor) {
    this.#smoothly((target) => this.#zoom.scaleBy(target, factor));
  }

  reset() {
    this.#show([WIDTH / 2, HEIGHT / 2], this.#whole(), true);
  }

  /** Bring drawn points into view, moving no further than needed. */
  reveal(points) {
    const [, [right, bottom]] = this.#frame();
    const isInView = points.every((point) => {
      const [x, y] = this.transform.apply(point);
      return x > 0 && y > 0 && x < right && y < bottom;
    });
    if (!isInView) {
      this.fit(points, this.#whole(), this.transform.k);
    }
  }

  /** Show these points as large as they fit, between two scales. */
  fit(points, least, most = Infinity) {
    const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [, [width, height]] = this.#frame();
    const fitting = Math.min((width - 2 * MARGIN) / (right - left), (height - 2 * MARGIN) / (bottom - top));
    const scale = Math.min(Math.max(Math.min(fitting, most), least), LARGEST);
    this.#show([(left + right) / 2, (top + bottom) / 2], scale, true);
  }

  #frame() {
    const [width, height] = this.#size;
    return [[0, 0], [width - this.#covered, height]];
  }

  #middle() {
    const [, [width, height]] = this.#frame();
    return [width / 2, height / 2];
  }

  /** The scale of the whole world. */
  #whole() {
    const [, [width, height]] = this.#frame();
    return Math.min(width / WIDTH, height / HEIGHT);
  }

  #allow() {
    this.#zoom.scaleExtent([this.#whole(), LARGEST]);
  }

  #show([x, y], scale, isSmooth) {
    const [middleX, middleY] = this.#middle();
    const wanted = zoomIdentity.translate(middleX - scale * x, middleY - scale * y).scale(scale);
    const allowed = this.#zoom.constrain()(wanted, this.#frame(), this.#zoom.translateExtent());
    const go = (target) => this.#zoom.transform(target, allowed);
    isSmooth ? this.#smoothly(go) : go(this.#selection);
  }

  #smoothly(go) {
    go(calm.matches ? this.#selection : this.#selection.transition().duration(DURATION));
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const moves = {
      ArrowLeft: () => this.#pan(KEY_STEP, 0),
      ArrowRight: () => this.#pan(-KEY_STEP, 0),
      ArrowUp: () => this.#pan(0, KEY_STEP),
      ArrowDown: () => this.#pan(0, -KEY_STEP),
      "+": () => this.zoomBy(2),
      "=": () => this.zoomBy(2),
      "-": () => this.zoomBy(0.5),
      0: () => this.reset(),
    };
    if (Object.hasOwn(moves, event.key)) {
      event.preventDefault();
      moves[event.key]();
    }
  }

  #pan(x, y) {
    this.#zoom.translateBy(this.#selection, x / this.transform.k, y / this.transform.k);
  }
}
