// Arrows lead through the servers, whatever of their list exists; a link that opens is pressed
// as a button is.

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

// `list` is the List of `element`.
export function connectWalking(element, list) {
  element.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === " " && target.role === "button") {
      event.preventDefault();
      target.click();
    }
    const step = STEPS[key];
    if (!step || !target.matches(".card-name")) return;
    event.preventDefault();
    list.walk(Number(target.closest(".item").dataset.index), step);
  });
}
