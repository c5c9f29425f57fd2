// Suggestions under the search boxes while one types. Without it, or without an answer, the plain search works as ever.
//
// An input in a .search or .suggest-field says where to ask: data-suggest="/suggest/". The answer is HTML in the page's
// language: options, each a link or with a value for the input (data-autocomplete-value: "/suggest/?kind=place"), and in
// data-status the words for screen readers.

import Combobox from "@github/combobox-nav";

const PAUSE = 120; // milliseconds without a key before the register is asked

function make(tag, attributes) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function enhance(input) {
  const list = make("div", { class: "suggestions", role: "listbox", id: `${input.id}-suggestions`, hidden: "" });
  const status = make("div", { class: "visually-hidden", role: "status" });
  const label = input.labels[0];
  if (label) list.setAttribute("aria-label", label.textContent.trim());
  input.parentElement.append(list, status);
  input.autocomplete = "off"; // the browser's own list would lie over ours
  const combobox = new Combobox(input, list, { tabInsertsSuggestions: false });
  let timer = 0;
  let request = new AbortController();

  const typed = () => input.value.trim();

  /** Forget what was asked and has not been answered. */
  function forget() {
    clearTimeout(timer);
    request.abort();
  }

  function close() {
    forget();
    combobox.stop();
    list.hidden = true;
    status.textContent = "";
  }

  function show(html) {
    combobox.clearSelection();
    list.innerHTML = html;
    const options = list.querySelectorAll("[role=option]");
    if (options.length === 0) return close();
    options.forEach((option, place) => { option.id = `${list.id}-${place}`; });
    list.hidden = false;
    list.scrollTop = 0;
    combobox.start();
    status.textContent = list.querySelector("[data-status]")?.dataset.status ?? "";
  }

  async function ask() {
    forget();
    const text = typed();
    if (!text) return close();
    request = new AbortController();
    const { signal } = request;
    const address = new URL(input.dataset.suggest, location.href);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const html = await answer.text();
      if (!signal.aborted && typed() === text && document.activeElement === input) show(html);
    } catch {
      if (!signal.aborted) close(); // the plain search needs no suggestions
    }
  }

  /** Ask once the keys have come to rest. What is shown stays until then, so that the list does not flicker. */
  function askSoon() {
    forget();
    status.textContent = "";
    if (!typed()) return close();
    timer = setTimeout(ask, PAUSE);
  }

  input.addEventListener("input", (event) => { if (!event.isComposing) askSoon(); });
  input.addEventListener("compositionstart", close); // letters of pinyin on their way to characters are no question
  input.addEventListener("compositionend", askSoon);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault(); // would empty the search box
      close();
    } else if (event.key === "ArrowDown" && list.hidden && typed()) {
      event.preventDefault();
      ask();
    }
  });
  input.form.addEventListener("submit", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  list.addEventListener("combobox-commit", (event) => {
    const value = event.target.dataset.autocompleteValue;
    if (value !== undefined) {
      input.value = value;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    close();
  });
  window.addEventListener("pagehide", close); // a page that one comes back to is as it was before
}

document.querySelectorAll("input[data-suggest]").forEach(enhance);
