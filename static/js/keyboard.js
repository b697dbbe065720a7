// The keys of the page: "/" to search, "?" for help, Escape to clear what is searched for
// and filtered. None of them where somebody types or a dialog is open.

const isTyping = (target) => target.closest?.("input:not([type=radio]), textarea, select") !== null;

// page: { search: the field, help: the dialog, seek() before the search is used, clear() }
export function connectKeys({ search, help, seek, clear }) {
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open], [popover]:popover-open")) return;
    if (key === "Escape" && (target === search || !isTyping(target))) {
      clear();
      if (target === search) search.blur();
    } else if (isTyping(target)) return;
    else if (key === "/") {
      seek();
      search.focus();
    } else if (key === "?") help.showModal();
    else return;
    event.preventDefault();
  });
}
