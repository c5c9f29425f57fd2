// A new row of evidence in the form, made by the form's own "add another" and filled in; nothing is saved.

/** 1982年10月, 1982-10-03 and the like; a year alone only as 1982年, for a number may be anything. */
const DATE = /\d{4}\s*(?:年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?|[-./]\d{1,2}(?:[-./]\d{1,2})?(?!\d))/g;
const DATED = new Set(["founded", "ended"]);

/** The date in the words, where there is one and no other; the server reads it. */
function dateIn(words) {
  const found = new Set(words.match(DATE));
  return found.size === 1 ? [...found][0] : "";
}

/** The link with which the form adds evidence; not there for those who may only read. */
export function adding() {
  return document.querySelector("#evidence-group .add-row a");
}

/** Add a row and fill it in; gives the row. */
export function fill({ source, title, claim, quote, start }) {
  adding().click();
  const row = [...document.querySelectorAll("#evidence-group .dynamic-evidence")].at(-1);
  const field = (name) => row.querySelector(`[name$="-${name}"]`);
  field("source").add(new Option(title, source, true, true));
  field("source").dispatchEvent(new Event("change", { bubbles: true })); // the box that shows the title listens
  field("claim").value = claim;
  field("value").value = DATED.has(claim) ? dateIn(quote) : "";
  field("quote").value = quote;
  field("chosen_start").value = start;
  return row;
}
