// Brings the drawn maps of a page to life. Without it, or without its data, the server's drawing stays as it is.

import { enhance } from "./map/world.js";

for (const figure of document.querySelectorAll("[data-map]")) {
  enhance(figure);
}
