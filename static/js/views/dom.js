// The few ways in which a view touches the document: clone a template, find its
// slots, set text. Server text only ever arrives through setText.

const slotsOf = new WeakMap();
const PHONE = matchMedia("(max-width: 640px)");

export function clone(templateId) {
  return document.getElementById(templateId).content.firstElementChild.cloneNode(true);
}

// Whether the page is as narrow as the styles for a phone want it.
export const isPhone = () => PHONE.matches;

// The elements of a view that carry data-slot, by name.
export function slots(element) {
  let found = slotsOf.get(element);
  if (!found) {
    found = {};
    for (const slot of element.querySelectorAll("[data-slot]")) found[slot.dataset.slot] = slot;
    slotsOf.set(element, found);
  }
  return found;
}

// Forget the slots of an element whose inside has changed.
export const forgetSlots = (element) => slotsOf.delete(element);

// An unchanged text is not written again: no reflow, no selection lost.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setData(element, name, value) {
  if (!value) delete element.dataset[name];
  else if (element.dataset[name] !== value) element.dataset[name] = value;
}

export function setHref(link, path) {
  if (link.getAttribute("href") !== path) link.href = path;
}

// A number with its smaller unit; null is an em dash that tells why.
export function setQuantity(element, quantity, why) {
  if (element.childElementCount !== 2) element.replaceChildren(span("number"), span("unit"));
  const [number, unit] = element.children;
  setText(number, quantity ? quantity.value : "—");
  unit.className = quantity ? "unit" : "sr";
  setText(unit, quantity ? quantity.unit : why);
  element.toggleAttribute("data-unknown", !quantity);
  setTip(element, quantity ? "" : why);
}

// Text that may be unknown: an em dash then, with the reason.
export function setKnown(element, text, why) {
  setText(element, text || "—");
  setTip(element, text ? "" : why);
}

// What hover shows, focus and tap show too.
export function setTip(element, tip) {
  setData(element, "tip", tip);
  if (tip) element.tabIndex = 0;
  else if (element.hasAttribute("tabindex")) element.removeAttribute("tabindex");
}

function span(className) {
  const made = document.createElement("span");
  made.className = className;
  return made;
}
