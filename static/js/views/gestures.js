// Pointer, wheel and keys over charts, as what they mean: look at a place, select a span, zoom,
// move. Places are pixels of the page; the charts know what time they are.

const CLICK_PX = 4;
const WHEEL_STEP = 1.2;

// on: { look(clientX, plot) with null when the pointer leaves, select(from, to, plot) while one
// drags, done(from, to, plot), choose(clientX, plot), zoom(factor, clientX, plot),
// pan(pixels, plot), reset() }. A plot is the element with that attribute under the pointer.
export function connectGestures(element, on) {
  const pointers = new Map();
  let start = null;
  let spread = 0;
  const plotOf = (event) => event.target.closest?.('[data-slot="plot"]');
  // Two fingers above each other pinch as well as two side by side.
  const distance = () => {
    const [a, b] = [...pointers.values()];
    return Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  };
  const middle = () => [...pointers.values()].reduce((sum, { x }) => sum + x, 0) / pointers.size;
  const place = ({ clientX, clientY }) => ({ x: clientX, y: clientY });

  element.addEventListener("pointerdown", (event) => {
    const plot = plotOf(event);
    if (!plot || event.button !== 0) return;
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 2) {
      spread = distance();
      start = null;
      on.select(null);
    } else {
      start = { x: event.clientX, plot };
      // A pointer that leaves the chart goes on selecting.
      plot.setPointerCapture(event.pointerId);
    }
  });

  element.addEventListener("pointermove", (event) => {
    const plot = start?.plot ?? plotOf(event);
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, place(event));
    if (pointers.size === 2) {
      const now = distance();
      if (Math.abs(now - spread) > CLICK_PX) {
        on.zoom(spread / now, middle(), plotOf(event));
        spread = now;
      }
    } else if (start && event.pointerType === "mouse" && Math.abs(event.clientX - start.x) > CLICK_PX) {
      on.select(start.x, event.clientX, start.plot);
    }
    on.look(plot ? event.clientX : null, plot);
  });

  const end = (event) => {
    const began = start;
    pointers.delete(event.pointerId);
    start = null;
    on.select(null);
    if (!began || event.type === "pointercancel") return;
    const isClick = Math.abs(event.clientX - began.x) <= CLICK_PX;
    if (isClick) on.choose(event.clientX, began.plot);
    else if (event.pointerType === "mouse") on.done(began.x, event.clientX, began.plot);
  };
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
  element.addEventListener("pointerleave", () => start || on.look(null));
  element.addEventListener("dblclick", (event) => plotOf(event) && on.reset());

  // A wheel alone scrolls the page; pinching a touchpad is a wheel with Control.
  element.addEventListener(
    "wheel",
    (event) => {
      const plot = plotOf(event);
      const { ctrlKey, altKey, shiftKey, deltaX, deltaY } = event;
      if (!plot || !(ctrlKey || altKey || shiftKey)) return;
      event.preventDefault();
      if (shiftKey) on.pan(deltaY || deltaX, plot);
      else on.zoom(deltaY > 0 ? WHEEL_STEP : 1 / WHEEL_STEP, event.clientX, plot);
    },
    { passive: false },
  );
}
