// The world as both maps show it: Natural Earth, centred on 150° E as is customary in China.

import { geoNaturalEarth1 } from "d3-geo";

export const WIDTH = 960;
export const HEIGHT = 500;
export const CENTRE = 150;

/** The projection that fits the whole sphere into WIDTH × HEIGHT, with a hair's breadth around it. */
export function worldProjection() {
  return geoNaturalEarth1().rotate([-CENTRE, 0]).fitExtent([[1, 1], [WIDTH - 1, HEIGHT - 1]], { type: "Sphere" });
}
