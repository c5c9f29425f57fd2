// Makes static/build/ of the sources in this folder: one script per page part, the land for both maps, and fonts.
// The folder is not committed: `make static/build` runs this with the versions of package-lock.json.

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { geoPath } from "d3-geo";
import { feature } from "topojson-client";
import { HEIGHT, WIDTH, worldProjection } from "./projection.js";

const OUT = new URL("../static/build/", import.meta.url);
const SCRIPTS = ["evidence.js", "map.js", "suggest.js"];

async function atlas(name) {
  return JSON.parse(await readFile(new URL(`node_modules/world-atlas/${name}.json`, import.meta.url), "utf8"));
}

/** The land alone: the atlas' country borders stay out, on purpose. */
function landOf(topology) {
  return { ...topology, objects: { land: topology.objects.land } };
}

/** Path data of lines with one decimal, rewritten from point to point: half as long. Tenths are whole, so nothing drifts. */
function stepwise(path) {
  return path.split("M").slice(1).map((piece) => {
    const points = piece.replace("Z", "").split("L").map((point) => point.split(",").map((part) => Math.round(10 * part)));
    const steps = points.slice(1).map(([x, y], at) => [x - points[at][0], y - points[at][1]]);
    const [start, ...rest] = [points[0], ...steps].map((pair) => pair.map((tenths) => tenths / 10).join(" "));
    return `M${start}l${rest.join(" ")}Z`.replaceAll(" -", "-");
  }).join("");
}

/** Land and sphere for pages without script, in the projection that friendship/projection.py computes. */
async function drawLand() {
  const topology = await atlas("land-110m");
  const path = geoPath(worldProjection().precision(0.1)).digits(1);
  const land = stepwise(path(feature(topology, topology.objects.land)));
  const sphere = stepwise(path({ type: "Sphere" }));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">`
    + `<path id="sphere" d="${sphere}"/><path id="land" d="${land}"/></svg>\n`;
}

/** The fonts of the pictures that friendship/cards.py draws: many small files, and which characters each one holds. */
async function copyLettering() {
  const characters = {};
  for (const name of ["noto-serif-sc", "source-serif-4"]) {
    const font = new URL(`node_modules/@fontsource-variable/${name}/`, import.meta.url);
    await cp(new URL("LICENSE", font), new URL(`lettering/${name}-LICENSE`, OUT));
    for (const [part, ranges] of Object.entries(JSON.parse(await readFile(new URL("unicode.json", font), "utf8")))) {
      const file = `${name}-${part.replace(/[[\]]/g, "")}-wght-normal.woff2`;
      await cp(new URL(`files/${file}`, font), new URL(`lettering/${file}`, OUT));
      characters[file] = ranges;
    }
  }
  await writeFile(new URL("lettering/characters.json", OUT), JSON.stringify(characters));
}

await mkdir(OUT, { recursive: true });
await build({
  entryPoints: SCRIPTS.map((name) => new URL(name, import.meta.url).pathname),
  outdir: OUT.pathname,
  bundle: true,
  minify: true,
  format: "esm",
  alias: { "d3-color": "./map/colourless.js" },
  target: ["es2022"],
  legalComments: "none",
  logLevel: "warning",
});
await copyLettering();
await writeFile(new URL("land.svg", OUT), await drawLand());
for (const name of ["land-110m", "land-50m"]) {
  await writeFile(new URL(`${name}.json`, OUT), JSON.stringify(landOf(await atlas(name))));
}
