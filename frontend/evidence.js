// Evidence at hand: beside the form of a tie one reads its sources, selects words, and takes them into the form as a
// quote. Without this script the texts are shown all the same, and words are copied by hand.
//
// A text is loaded when its source is opened (data-text-at). To let the keyboard put a cursor into it, it is made
// editable, and every change of it is refused.

import { chosenIn, codePoints } from "./evidence/offsets.js";
import { adding, fill } from "./evidence/row.js";

const PAUSE = 250; // milliseconds without a key before sources are looked for

/** Whether the page shows the text character by character as it is stored: else its places would be wrong. */
const isWhole = (text) => codePoints(text.textContent) === Number(text.dataset.length);

function enhance(panel) {
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const [bar, shown, status, found, how] = ["bar", "chosen", "status", "found", "how"].map(part);
  const search = panel.querySelector("form");
  let chosen = null;

  // --- texts

  async function ask(address, parameters) {
    const asked = new URL(address, location.href);
    for (const [name, value] of Object.entries(parameters)) if (value) asked.searchParams.set(name, value);
    const answer = await fetch(asked);
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText); // such as to the page that logs in
    return answer.text();
  }

  /** Let keys move a cursor in the text, and let nothing change it. */
  function open(text) {
    text.scrollTop = (text.querySelector("mark")?.offsetTop ?? 0) - text.clientHeight / 3;
    if (!adding() || !isWhole(text)) return;
    const held = text.cloneNode(true);
    for (const [name, value] of Object.entries({
      contenteditable: "true", role: "textbox", "aria-multiline": "true", "aria-readonly": "true",
      inputmode: "none", spellcheck: "false", translate: "no",
    })) text.setAttribute(name, value);
    for (const event of ["beforeinput", "paste", "cut", "drop", "dragstart"]) {
      text.addEventListener(event, (change) => change.preventDefault());
    }
    const restore = () => text.replaceChildren(...held.cloneNode(true).childNodes);
    text.addEventListener("input", restore); // what an input method writes can't be refused beforehand
    text.addEventListener("compositionend", restore);
    how.hidden = false;
  }

  async function load(source) {
    const place = source.querySelector("[data-load]");
    if (!place || place.dataset.load === "asked") return;
    place.dataset.load = "asked";
    const link = place.firstElementChild;
    place.textContent = panel.dataset.loading;
    try {
      place.outerHTML = await ask(source.dataset.textAt, { tie: panel.dataset.tie });
      open(source.querySelector("[data-text]"));
    } catch {
      place.dataset.load = "";
      place.replaceChildren(panel.dataset.failed, " ", link);
    }
  }

  panel.addEventListener("toggle", (event) => {
    if (event.target.matches?.("[data-text-at][open]")) load(event.target);
  }, true);
  panel.addEventListener("click", (event) => {
    const link = event.target.closest("[data-load] a");
    if (!link) return;
    event.preventDefault();
    load(link.closest("[data-source]"));
  });

  // --- other sources

  let timer = 0;
  let asked = "";

  /** Look for sources. Those that are being read stay, above what is found. */
  async function look() {
    clearTimeout(timer);
    const words = search.elements.find.value.trim();
    if (words === asked) return;
    asked = words;
    try {
      const html = words ? await ask(panel.dataset.sources, { find: words, tie: panel.dataset.tie }) : "";
      if (words !== asked) return; // more was typed meanwhile
      search.before(...found.querySelectorAll("[data-source][open]"));
      found.innerHTML = html;
      for (const source of found.querySelectorAll("[data-source]")) {
        if (panel.querySelectorAll(`[data-source="${source.dataset.source}"]`).length > 1) source.remove();
      }
    } catch {
      asked = "";
      found.textContent = panel.dataset.failed;
    }
  }

  const lookSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  };
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    look();
  });
  search.addEventListener("input", (event) => { if (!event.isComposing) lookSoon(); });
  search.addEventListener("compositionend", lookSoon);

  // --- words

  function choose() {
    const selection = document.getSelection();
    const node = selection.anchorNode;
    const text = (node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement)?.closest("[data-text]");
    if (!text || !panel.contains(text) || !adding()) return; // elsewhere on the page: what was chosen stays chosen
    const words = chosenIn(text, selection);
    chosen = words && { ...words, text };
    bar.hidden = !chosen;
    shown.textContent = chosen ? chosen.quote : "";
    status.textContent = "";
  }

  function use(claim) {
    const source = chosen.text.closest("[data-source]");
    if (!isWhole(chosen.text)) {
      status.textContent = panel.dataset.altered;
      return;
    }
    const row = fill({ source: source.dataset.source, title: source.dataset.title, claim, ...chosen });
    bar.hidden = true;
    status.textContent = panel.dataset.filled;
    row.scrollIntoView({ block: "center" });
    row.querySelector("[name$='-value']").focus({ preventScroll: true });
  }

  document.addEventListener("selectionchange", choose);
  bar.addEventListener("mousedown", (event) => event.preventDefault()); // the words stay selected
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-claim]");
    if (button && chosen) use(button.dataset.claim);
  });

  panel.querySelectorAll("[data-text]").forEach(open);
  panel.querySelectorAll("[data-text-at][open]").forEach(load);
}

// The form's own script makes its "add another" once the page is ready, which is after this one.
const begin = () => document.querySelectorAll(".at-hand").forEach(enhance);
if (document.readyState === "complete") begin();
else window.addEventListener("load", begin);
