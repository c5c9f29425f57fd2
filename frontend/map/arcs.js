// Great-circle arcs: as the browser's paths for the whole world, and one by one for a close look.

import { geoPath } from "d3-geo";
import { worldProjection } from "../projection.js";

// Stroking is quickest with about twenty arcs to a path: fewer pay for the calls, more for arcs that cross within one
// path, which the browser must resolve.
const BATCH = 20;
const PRECISION = 0.15; // units of the drawing by which a path may leave the true great circle

const lineOf = ({ home, partner }) => ({ type: "LineString", coordinates: [home.at, partner.at] });

/** Draws into a path of the browser, and keeps the points. */
class Recorder {
  points = [];

  constructor(path) {
    this.path = path;
  }

  moveTo(x, y) {
    this.path.moveTo(x, y);
    this.points.push(x, y);
  }

  lineTo(x, y) {
    this.path.lineTo(x, y);
    this.points.push(x, y);
  }
}

/** The box [left, top, right, bottom] around points in a row: x, y, x, y, … */
function boxAround(points) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < points.length; at += 2) {
    box[0] = Math.min(box[0], points[at]);
    box[1] = Math.min(box[1], points[at + 1]);
    box[2] = Math.max(box[2], points[at]);
    box[3] = Math.max(box[3], points[at + 1]);
  }
  return box;
}

function overlap(a, b) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

/** Whether a step from one point to the next comes into the box: most long arcs only pass by a close view. */
function enters(points, [left, top, right, bottom]) {
  for (let at = 2; at < points.length; at += 2) {
    const [x, y, toX, toY] = [points[at - 2], points[at - 1], points[at], points[at + 1]];
    if (Math.min(x, toX) <= right && Math.max(x, toX) >= left && Math.min(y, toY) <= bottom && Math.max(y, toY) >= top) {
      return true;
    }
  }
  return false;
}

/** Some arcs of one type: the ``code`` of the type, their common ``path`` and its ``box``. */
class Batch {
  #arcs;

  constructor(code, ties, path) {
    this.code = code;
    this.path = new Path2D();
    this.#arcs = ties.map((tie) => {
      const recorder = new Recorder(this.path);
      const line = lineOf(tie);
      path.context(recorder)(line);
      return { line, points: Float32Array.from(recorder.points) };
    });
    this.box = boxAround(this.#arcs.map(({ points }) => boxAround(points)).flat());
  }

  isIn(box) {
    return overlap(this.box, box);
  }

  /** The arcs that come into a box, to be drawn exactly. */
  linesIn(box) {
    return this.#arcs.filter(({ points }) => enters(points, box)).map(({ line }) => line);
  }
}

/** All arcs in batches. Neighbours go together, and the first type comes last: it lies on top. */
export function batchesOf({ ties, codes }) {
  const sorted = [...ties].sort((a, b) => a.home.point[0] - b.home.point[0] || a.partner.point[0] - b.partner.point[0]);
  const path = geoPath(worldProjection().precision(PRECISION));
  return [...codes].reverse().flatMap((code) => {
    const ofType = sorted.filter((tie) => tie.code === code);
    const count = Math.ceil(ofType.length / BATCH);
    return Array.from({ length: count }, (_, at) => new Batch(code, ofType.slice(at * BATCH, (at + 1) * BATCH), path));
  });
}
