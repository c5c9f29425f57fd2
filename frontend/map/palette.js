// The colours of the canvas: a canvas knows no custom properties, so they are read from the style sheets.

const SCHEME = matchMedia("(prefers-color-scheme: dark)");
const ROLES = ["sea", "land", "coast", "graticule", "outline", "halo"];

/** Resolve each role of the figure, and each type's colour from the class that its legend bears. */
export function paletteOf(figure, codes) {
  const probe = document.createElement("span");
  probe.hidden = true;
  figure.append(probe);
  const resolve = (property, className = "") => {
    probe.className = className;
    probe.style.color = `var(${property})`;
    return getComputedStyle(probe).color;
  };
  const roles = ROLES.map((role) => [role, resolve(`--map-${role}`)]);
  const kinds = codes.map((code) => [code, resolve("--kind", `kind-${code}`)]);
  probe.remove();
  return { ...Object.fromEntries(roles), kinds: Object.fromEntries(kinds) };
}

export function onNewScheme(act) {
  SCHEME.addEventListener("change", act);
}
