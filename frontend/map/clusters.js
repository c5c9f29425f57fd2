// Places that would touch each other on the screen, gathered into one, for every zoom.

import Supercluster from "supercluster";
import { WIDTH } from "../projection.js";

const RADIUS = 38; // pixels within which places gather; twice that just before they split
const TILE = 256; // pixels of the whole map at zoom 0
const DEEPEST = 9; // a kilometre is three pixels wide there; what still touches is listed

// Supercluster thinks in longitudes and latitudes on a Mercator square. The map is drawn in another projection, where
// its circles would be ovals, so it is given the drawing itself: drawn points, written as the Mercator coordinates
// that it turns back into exactly these points.
const longitude = (x) => (x / WIDTH - 0.5) * 360;
const latitude = (y) => (Math.atan(Math.exp((0.5 - y / WIDTH) * 2 * Math.PI)) / Math.PI) * 360 - 90;
const drawnX = (lon) => (lon / 360 + 0.5) * WIDTH;
const drawnY = (lat) => (0.5 - Math.log(Math.tan(((lat / 90 + 1) * Math.PI) / 4)) / (2 * Math.PI)) * WIDTH;

const inside = (value) => Math.min(Math.max(value, 0), WIDTH);

/** The step of clustering for a scale in pixels per unit of the drawing. */
export function stepOf(scale) {
  return Math.min(Math.max(Math.floor(Math.log2((WIDTH * scale) / TILE)), 0), DEEPEST);
}

const scaleOf = (step) => (2 ** step * TILE) / WIDTH;

/** The largest scale that splits anything. */
export const LARGEST = scaleOf(DEEPEST + 0.5);

export class Clusters {
  #index = new Supercluster({ radius: RADIUS, extent: TILE, maxZoom: DEEPEST });
  #members = new Map();
  #places;

  /** ``places`` have been drawn: each knows its ``point``. */
  constructor(places) {
    this.#places = places;
    this.#index.load(places.map(({ point: [x, y], index }) => ({
      type: "Feature",
      properties: { index },
      geometry: { type: "Point", coordinates: [longitude(x), latitude(y)] },
    })));
  }

  /** What stands within [left, top, right, bottom] of the drawing: each with its key, point, places and step of splitting. */
  within([left, top, right, bottom], scale) {
    const box = [longitude(inside(left)), latitude(inside(bottom)), longitude(inside(right)), latitude(inside(top))];
    return this.#index.getClusters(box, stepOf(scale)).map(({ geometry: { coordinates }, properties }) => {
      const places = this.#placesOf(properties);
      const point = places.length > 1 ? [drawnX(coordinates[0]), drawnY(coordinates[1])] : places[0].point;
      return { key: properties.cluster ? `c${properties.cluster_id}` : `p${properties.index}`, point, places };
    });
  }

  /** The scale from which this cluster stands in parts, or null when its places all but share a point of the map. */
  splitsAt(key) {
    const step = this.#index.getClusterExpansionZoom(Number(key.slice(1)));
    return step > DEEPEST ? null : scaleOf(step);
  }

  #placesOf({ cluster, cluster_id: id, index }) {
    if (!cluster) {
      return [this.#places[index]];
    }
    if (!this.#members.has(id)) {
      const leaves = this.#index.getLeaves(id, Infinity).map(({ properties }) => this.#places[properties.index]);
      this.#members.set(id, leaves.sort((a, b) => b.ties.length - a.ties.length));
    }
    return this.#members.get(id);
  }
}
