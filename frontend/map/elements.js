// DOM elements in one expression. Texts become text nodes, so no data is ever read as markup.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** A function for a text with a number, as in "%(num)s ties", in the language of the page. */
export function counted(text) {
  return (number) => text.replace("%(num)s", number.toLocaleString(document.documentElement.lang));
}
