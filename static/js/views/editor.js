// The form as a person sees it: fills and reads its fields, shows what is wrong and
// what is asked. It decides nothing.

import { FIELDS } from "../draft.js";
import { say } from "../say.js";
import { setText } from "./dom.js";

export class EditorView {
  #dialog;
  #form;
  #answers = {};

  // hears: { edited(), accepted(isSure), pasted(text) -> whether it was an address, test(), save(), close(), import() }
  constructor(dialog, hears) {
    this.#dialog = dialog;
    this.#form = dialog.querySelector("form");
    this.#form.addEventListener("input", ({ target }) => {
      if (target.dataset.slot === "key-sure") return hears.accepted(target.checked);
      this.#showError(target.name, "");
      hears.edited();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      hears.save();
    });
    this.#input("host").addEventListener("paste", (event) => {
      if (hears.pasted(event.clipboardData.getData("text"))) event.preventDefault();
    });
    // A keyboard's own paste, or one who types it all, is read when the field is left.
    this.#input("host").addEventListener("change", ({ target }) => hears.pasted(target.value));
    this.#form.addEventListener("click", ({ target }) => {
      const wanted = target.closest("button")?.dataset.do;
      if (["test", "close", "import"].includes(wanted)) hears[wanted]();
      if (wanted === "reveal") this.#reveal(this.#input("password").type === "password");
      if (wanted === "yes" || wanted === "no") this.#answers[wanted]?.();
    });
    // Kept from the browser, which would close at the second Escape whatever was typed.
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      hears.close();
    });
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      hears.close();
    });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  get checks() {
    return this.#dialog.querySelector(".checks");
  }

  read() {
    return Object.fromEntries(FIELDS.map((field) => [field, this.#input(field).value]));
  }

  write(values) {
    for (const [field, value] of Object.entries(values)) {
      this.#input(field).value = value;
      this.#showError(field, "");
    }
    // What is filled in is not hidden.
    this.#more.open = FIELDS.some((field) => this.#isFolded(field) && this.#input(field).value);
  }

  // choices: { id, label } of each server that this one may be reached through. What was
  // chosen stays chosen.
  offerJumps(choices) {
    const input = this.#input("jump");
    const chosen = input.value;
    const none = new Option(say("None: it is reached directly"), "");
    input.replaceChildren(none, ...choices.map(({ id, label }) => new Option(label, id)));
    input.value = choices.some(({ id }) => id === chosen) ? chosen : "";
  }

  // words: { title, save, canImport }; without a login there is nothing to reach and so to test.
  open(words, hasLogin, field) {
    this.#dialog.querySelector(".editor-import").hidden = !words.canImport;
    setText(this.#dialog.querySelector("#editor-title"), words.title);
    setText(this.#button("save"), words.save);
    for (const part of this.#dialog.querySelectorAll(".editor-login")) part.hidden = !hasLogin;
    this.#button("test").hidden = !hasLogin;
    this.#reveal(false);
    this.showErrors({}, "");
    this.ask(null);
    this.#dialog.showModal();
    this.#input(field).focus();
  }

  close() {
    this.#dialog.close();
  }

  // hints: { password, key }
  showHints(hints) {
    for (const [field, hint] of Object.entries(hints)) {
      setText(this.#dialog.querySelector(`#editor-${field}-hint`), hint);
    }
  }

  showStatus(text, kind = "") {
    const status = this.#dialog.querySelector(".editor-status");
    status.dataset.kind = kind;
    setText(status, text);
  }

  showBusy({ isTesting, isSaving }) {
    setText(this.#button("test"), isTesting ? say("Stop the test") : say("Test"));
    this.#form.ariaBusy = String(isSaving);
    this.#button("save").ariaDisabled = String(isSaving);
  }

  // Errors at their fields, `problem` for the whole; the first of them gets the focus.
  showErrors(errors, problem) {
    for (const field of FIELDS) this.#showError(field, errors[field] ?? "");
    this.showProblem(problem);
    const first = FIELDS.find((field) => errors[field]);
    if (first) this.focus(first);
    else if (problem) this.#problem.focus();
  }

  // What is wrong as a whole, without taking the keyboard from who types.
  showProblem(sentence) {
    this.#problem.hidden = sentence === "";
    setText(this.#problem, sentence);
  }

  focus(field) {
    if (this.#isFolded(field)) this.#more.open = true;
    this.#input(field).focus();
  }

  // question: { text, yes: [label, action], no: [label, action] }, or null for none. The
  // answer that loses nothing gets the focus.
  ask(question) {
    const hadFocus = this.#buttons("question").contains(document.activeElement);
    this.#buttons("form").hidden = question !== null;
    this.#buttons("question").hidden = question === null;
    this.#answers = {};
    if (question === null) {
      if (hadFocus) this.#button("save").focus();
      return;
    }
    this.showStatus(question.text, "question");
    for (const name of ["yes", "no"]) {
      const [label, action] = question[name];
      setText(this.#button(name), label);
      this.#answers[name] = action;
    }
    this.#button("no").focus();
  }

  get isAsking() {
    return !this.#buttons("question").hidden;
  }

  scrollToChecks() {
    this.checks.scrollIntoView({ block: "nearest" });
  }

  get #problem() {
    return this.#dialog.querySelector(".editor-problem");
  }

  get #more() {
    return this.#dialog.querySelector(".editor-more");
  }

  #isFolded = (field) => this.#more.contains(this.#input(field));

  #input = (field) => this.#form.elements[field];

  #button = (name) => this.#dialog.querySelector(`.editor-foot [data-do="${name}"]`);

  #buttons = (of) => this.#dialog.querySelector(`[data-of="${of}"]`);

  #reveal(shown) {
    const button = this.#dialog.querySelector('[data-do="reveal"]');
    this.#input("password").type = shown ? "text" : "password";
    button.ariaPressed = String(shown);
    setText(button.firstChild, shown ? say("Hide") : say("Show"));
  }

  #showError(field, sentence) {
    const line = this.#dialog.querySelector(`#editor-${field}-error`);
    if (!line) return;
    setText(line, sentence);
    if (sentence) this.#input(field).ariaInvalid = "true";
    else this.#input(field).removeAttribute("aria-invalid");
  }
}
