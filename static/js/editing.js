// What happens while a person adds or edits a server: when it is tested, what is asked
// before it is saved, and that nothing typed is lost.

import { readAddress } from "./address.js";
import * as drafts from "./draft.js";
import { hintsFor, namesOf } from "./hints.js";
import { jumpChoices, jumpNamed } from "./jumps.js";
import { say } from "./say.js";
import { verdict } from "./steps.js";
import { Trial } from "./trial.js";
import { showChecklist } from "./views/checklist.js";
import { EditorView } from "./views/editor.js";

const UNTESTED = say("It has not been tested as it stands.");
const LOGGED_OUT = say("You are no longer logged in. Log in in another tab, then try again here.");

export class Editing {
  #api;
  #view;
  #trial;
  #onSaved;
  #servers;
  #server = null;
  #isSaving = false;
  #accepted = "";

  // `onSaved(server, isNew)` hears what was saved, `onImport()` that a file has them;
  // `servers()` are all that are watched.
  constructor(dialog, api, servers, onSaved, onImport) {
    this.#api = api;
    this.#servers = servers;
    this.#onSaved = onSaved;
    this.#trial = new Trial(api.testServer, () => this.#showTest());
    this.#view = new EditorView(dialog, {
      edited: () => this.#edited(),
      accepted: (isSure) => this.#accept(isSure),
      pasted: (text) => this.#pasted(text),
      test: () => (this.#trial.isRunning ? this.#stopTest() : this.#runTest()),
      save: () => this.#save(),
      close: () => this.#close(),
      import: () => {
        this.#close();
        if (!this.#view.isOpen) onImport();
      },
    });
    this.#view.write(drafts.draftOf(null));
  }

  get isOpen() {
    return this.#view.isOpen;
  }

  // The form for one server, null for a new one, with the focus in `field`. What was
  // typed and neither saved nor thrown away is still there.
  open(server, field = server ? "name" : "host") {
    const isUnfinished = this.#server?.id === server?.id && this.#isChanged();
    this.#server = server;
    this.#view.offerJumps(this.#jumps());
    if (!isUnfinished) this.#view.write(drafts.draftOf(server));
    const words = server
      ? { title: say("Edit {name}", server), save: say("Save") }
      : { title: say("Add a server"), save: say("Add"), canImport: true };
    this.#view.open(words, !drafts.isLocal(server), field);
    this.#edited();
  }

  // The login has ended while somebody types: to leave for another page would lose it.
  tellLoginNeeded() {
    this.#view.showProblem(LOGGED_OUT);
  }

  #draft = () => this.#view.read();

  // A person has compared the key that the test shows with the server's own, or has not.
  #accept(isSure) {
    const { hostKey } = this.#trial.result ?? this.#trial.progress;
    this.#accepted = isSure ? (hostKey?.fingerprint ?? "") : "";
  }

  // It counts for the place that showed it.
  #acceptedOf = (draft) => (this.#trial.isOf(draft) ? this.#accepted : "");

  #jumps = () => jumpChoices(this.#servers(), this.#server);

  #isChanged = () => drafts.changed(this.#draft(), this.#server).length > 0;

  #edited() {
    this.#view.showHints(hintsFor(this.#draft(), this.#server));
    // What stood there was about something else; only a running test is still true.
    if (this.#view.isAsking) this.#view.ask(null);
    if (!this.#trial.isRunning) this.#view.showStatus("");
    this.#showTest();
  }

  #pasted(text) {
    const found = readAddress(text);
    if (found === null) return false;
    const jump = found.jump && jumpNamed(found.jump, this.#jumps());
    const values = { ...found, ...(found.jump && { jump }) };
    this.#view.write(values);
    this.#edited();
    const fields = namesOf(values).join(", ");
    const filled = say("Filled in from the address: {fields}.", { fields });
    const missing = say("Choose its jump server: none here has that name.");
    this.#view.showStatus(found.jump && !jump ? `${filled} ${missing}` : filled);
    return true;
  }

  // What stands there, or null after it was said what is wrong with it.
  #checked() {
    const draft = this.#draft();
    const problems = drafts.problems(draft, this.#server);
    this.#view.ask(null);
    this.#view.showErrors(problems, "");
    return Object.keys(problems).length ? null : draft;
  }

  async #runTest() {
    const draft = this.#checked();
    if (draft === null) return;
    const found = this.#trial.run(draft, this.#server, this.#acceptedOf(draft));
    this.#view.showStatus(say("Testing the connection …"));
    this.#showTest();
    this.#view.scrollToChecks();
    try {
      const test = await found;
      if (test === null) return;
      this.#view.showStatus(verdict(test), test.passed ? "passed" : "failed");
      this.#showTest();
      this.#view.scrollToChecks();
    } catch (error) {
      this.#view.showStatus("");
      this.#showTest();
      this.#refused(error);
    }
  }

  #stopTest() {
    this.#trial.forget();
    this.#view.showStatus(say("The test was stopped."));
    this.#showTest();
  }

  async #save() {
    if (this.#isSaving) return;
    const draft = this.#checked();
    if (draft === null) return;
    if (this.#server && !this.#isChanged()) this.#leave();
    else if (this.#isTestMissing(draft)) this.#askUntested(draft);
    else await this.#send(draft);
  }

  #isTestMissing = (draft) =>
    !drafts.isLocal(this.#server) &&
    drafts.isConnectionChanged(draft, this.#server) &&
    !this.#trial.hasPassed(draft);

  #askUntested(draft) {
    const isFailed = this.#trial.hasFailed(draft);
    this.#view.ask({
      text: isFailed ? verdict(this.#trial.result) : UNTESTED,
      yes: [this.#server ? say("Save it anyway") : say("Add it anyway"), () => this.#send(draft)],
      no: [isFailed ? say("Test again") : say("Test first"), () => this.#runTest()],
    });
  }

  async #send(draft) {
    const server = this.#server;
    this.#view.ask(null);
    this.#view.showStatus(server ? say("Saving …") : say("Adding …"));
    this.#setSaving(true);
    try {
      const accepted = this.#acceptedOf(draft);
      const values = { ...drafts.toSave(draft, server), ...(accepted && { host_key: accepted }) };
      const saved = server
        ? await this.#api.changeServer(server.id, values)
        : await this.#api.addServer(values);
      this.#leave();
      this.#onSaved(saved, server === null);
    } catch (error) {
      this.#view.showStatus("");
      this.#refused(error);
    } finally {
      this.#setSaving(false);
    }
  }

  // Each wrong field says what is wrong with it; what is of no field stands above them all.
  #refused(error) {
    if (error.status === 401) return this.#view.showErrors({}, LOGGED_OUT);
    const fields = Object.keys(error.fields ?? {});
    const isAtFields = fields.length > 0 && fields.every((field) => drafts.FIELDS.includes(field));
    this.#view.showErrors(error.fields ?? {}, isAtFields ? "" : error.message);
  }

  // Asked once more while a question stands, it is the question that goes.
  #close() {
    if (this.#view.isAsking) return this.#keepEditing();
    if (!this.#isChanged()) return this.#leave();
    this.#view.ask({
      text: this.#server ? say("Throw away what you changed?") : say("Throw away what you typed?"),
      yes: [say("Throw away"), () => this.#leave()],
      no: [say("Keep editing"), () => this.#keepEditing()],
    });
  }

  #keepEditing() {
    this.#view.ask(null);
    this.#view.showStatus("");
  }

  // The password goes with the form: nothing keeps it.
  #leave() {
    this.#trial.forget();
    this.#accepted = "";
    this.#showTest();
    this.#view.write(drafts.draftOf(this.#server));
    this.#view.close();
  }

  #setSaving(isSaving) {
    this.#isSaving = isSaving;
    this.#showBusy();
  }

  #showTest() {
    const { isRunning, progress, result } = this.#trial;
    const draft = this.#draft();
    showChecklist(this.#view.checks, isRunning ? progress : result, {
      isRunning,
      isStale: !this.#trial.isOf(draft),
      hasJump: draft.jump !== "",
      accepted: this.#accepted,
    });
    this.#showBusy();
  }

  #showBusy() {
    this.#view.showBusy({ isTesting: this.#trial.isRunning, isSaving: this.#isSaving });
  }
}
