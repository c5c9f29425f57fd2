// From what is selected on the page to places in the stored text, which are counted in Unicode code points.

/** How many code points a text has; JavaScript's own lengths count an emoji twice. */
export function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The text in front of a point of the page; ``root`` holds the stored text and nothing else. */
function before(root, node, offset) {
  const range = document.createRange();
  range.setStart(root, 0);
  range.setEnd(node, offset);
  return range.toString();
}

/** The selected words of ``root`` and where they begin, without blanks around them; null where there are none. */
export function chosenIn(root, selection) {
  if (selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(root)) return null;
  if (!root.contains(range.startContainer)) range.setStart(root, 0);
  if (!root.contains(range.endContainer)) range.setEnd(root, root.childNodes.length);
  const words = range.toString();
  const quote = words.trim();
  if (!quote) return null;
  const blanks = words.slice(0, words.length - words.trimStart().length);
  return { quote, start: codePoints(before(root, range.startContainer, range.startOffset) + blanks) };
}
