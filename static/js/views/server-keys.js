// The keys of a server's page: arrows move the line through the charts, Enter shows the page
// as it was there, plus and minus zoom, Escape goes one step back.

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]") !== null;
const isPressed = (target) => target.closest?.("button, a, summary") !== null;
const MANY = 10;
const STEPS = { "+": "in", "=": "in", "-": "out", "0": "reset" };
const MOVES = { ArrowLeft: -1, ArrowRight: 1 };

// on: { isOpen(), leave(), move(steps), step(what) }
export function connectServerKeys(element, on) {
  // Before the keys of all pages, of which Escape is one.
  addEventListener("keydown", (event) => take(event, element, on), { capture: true });
}

function take(event, element, on) {
  const { key, target, shiftKey } = event;
  if (!on.isOpen() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  const isSlider = target.matches?.('input[type="range"], input[type="radio"]');
  if (key === "Escape" && (isSlider || !isTyping(target))) on.leave();
  else if (isTyping(target)) return;
  else if (MOVES[key]) on.move(MOVES[key] * (shiftKey ? MANY : 1));
  else if (STEPS[key]) on.step(STEPS[key]);
  else if (key === "Enter" && !isPressed(target) && element.contains(target)) on.step("look");
  else return;
  event.preventDefault();
}
