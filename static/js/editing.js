// What happens while a person adds or edits a server: when it is tested, what is asked
// before it is saved, and that nothing typed is lost.

import * as drafts from "./draft.js";
import { readAddress } from "./address.js";
import { verdict } from "./steps.js";
import { showChecklist } from "./views/checklist.js";
import { EditorView } from "./views/editor.js";

const KEY_HINT = "A path on the machine that runs monserv; a password beside it is its passphrase";
const UNTESTED = "It has not been tested as it stands.";

export class Editing {
  #api;
  #view;
  #onSaved;
  #server = null;
  #test = null;
  #tested = "";
  #running = null;
  #isSaving = false;

  // `onSaved(server, isNew)` hears what was saved.
  constructor(dialog, api, onSaved) {
    this.#api = api;
    this.#onSaved = onSaved;
    this.#view = new EditorView(dialog, {
      edited: () => this.#edited(),
      pasted: (text) => this.#pasted(text),
      test: () => (this.#running ? this.#running.abort() : this.#runTest()),
      save: () => this.#save(),
      close: () => this.#close(),
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
    if (!isUnfinished) {
      this.#view.write(drafts.draftOf(server));
      this.#forgetTest();
    }
    const words = server
      ? { title: `Edit ${server.name}`, save: "Save" }
      : { title: "Add a server", save: "Add" };
    this.#view.showStatus("");
    this.#view.open(words, !drafts.isLocal(server), field);
    this.#edited();
  }

  // The login has ended while somebody types: to leave for another page would lose it.
  tellLoginNeeded() {
    this.#view.showErrors({}, "You are no longer logged in. Log in in another tab, then try again here.");
  }

  #draft = () => this.#view.read();

  #isChanged = () => drafts.changed(this.#draft(), this.#server).length > 0;

  #isTested = () => this.#test?.passed === true && this.#tested === drafts.connection(this.#draft());

  #edited() {
    const isMoved = drafts.needsLogin(this.#draft(), this.#server);
    this.#view.showHints({ password: this.#passwordHint(isMoved), key: this.#keyHint() });
    if (this.#view.isAsking) this.#view.ask(null);
    // What stood there was about something else; only a running test is still true.
    if (!this.#running) this.#view.showStatus("");
    this.#showTest();
  }

  #passwordHint(isMoved) {
    if (isMoved) return "Host, port or user changed: give the password or a key again";
    if (this.#draft().key) return "The passphrase of the key, if it has one";
    return this.#server ? "Stays as it is while this is empty" : "";
  }

  #keyHint = () => (this.#server ? `${KEY_HINT}. Stays as it is while this is empty` : KEY_HINT);

  #pasted(text) {
    const found = readAddress(text);
    if (found === null) return false;
    this.#view.write(found);
    this.#edited();
    const named = ["host", "port", "username", "password", "name", "tags", "key"];
    const filled = named.filter((field) => found[field]).map((field) => (field === "username" ? "user" : field));
    this.#view.showStatus(`Filled in from the address: ${filled.join(", ")}.`);
    return true;
  }

  async #runTest() {
    const draft = this.#draft();
    const problems = drafts.problems(draft, this.#server);
    this.#view.showErrors(problems, "");
    this.#view.ask(null);
    if (Object.keys(problems).length) return;
    const running = new AbortController();
    this.#running = running;
    this.#tested = drafts.connection(draft);
    this.#setTest("running", "Testing the connection …");
    this.#view.scrollToChecks();
    try {
      const test = await this.#api.testServer(drafts.toTest(draft, this.#server), running.signal);
      if (running !== this.#running) return;
      this.#running = null;
      this.#setTest(test, verdict(test), test.passed ? "passed" : "failed");
      this.#view.scrollToChecks();
    } catch (error) {
      if (running !== this.#running) return;
      this.#running = null;
      this.#setTest(null, running.signal.aborted ? "The test was stopped." : "");
      if (!running.signal.aborted) this.#refused(error);
    }
  }

  async #save() {
    if (this.#isSaving) return;
    const draft = this.#draft();
    const problems = drafts.problems(draft, this.#server);
    this.#view.showErrors(problems, "");
    if (Object.keys(problems).length) return;
    if (this.#server && !this.#isChanged()) this.#leave();
    else if (this.#isTestMissing(draft)) this.#askUntested();
    else await this.#send(draft);
  }

  #isTestMissing = (draft) =>
    !drafts.isLocal(this.#server) &&
    drafts.isConnectionChanged(draft, this.#server) &&
    !this.#isTested();

  #askUntested() {
    const isFailed = this.#test?.passed === false && this.#tested === drafts.connection(this.#draft());
    const verb = this.#server ? "Save" : "Add";
    this.#view.ask({
      text: isFailed ? verdict(this.#test) : UNTESTED,
      yes: [`${verb} it anyway`, () => this.#send(this.#draft())],
      no: [isFailed ? "Test again" : "Test first", () => this.#runTest()],
    });
  }

  async #send(draft) {
    const server = this.#server;
    this.#view.ask(null);
    this.#view.showStatus(server ? "Saving …" : "Adding …");
    this.#setSaving(true);
    try {
      const values = drafts.toSave(draft, server);
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
    if (error.status === 401) return this.tellLoginNeeded();
    const fields = Object.keys(error.fields ?? {});
    const isAtFields = fields.length > 0 && fields.every((field) => drafts.FIELDS.includes(field));
    this.#view.showErrors(error.fields ?? {}, isAtFields ? "" : error.message);
  }

  #close() {
    if (this.#view.isAsking || !this.#isChanged()) {
      if (this.#view.isAsking) this.#keepEditing();
      else this.#leave();
      return;
    }
    this.#view.ask({
      text: this.#server ? "Throw away what you changed?" : "Throw away what you typed?",
      yes: ["Throw away", () => this.#leave()],
      no: ["Keep editing", () => this.#keepEditing()],
    });
  }

  #keepEditing() {
    this.#view.ask(null);
    this.#view.showStatus("");
  }

  // The password goes with the form: nothing keeps it.
  #leave() {
    this.#forgetTest();
    this.#view.write(drafts.draftOf(this.#server));
    this.#view.close();
  }

  #forgetTest() {
    this.#running?.abort();
    this.#running = null;
    this.#test = null;
    this.#showTest();
  }

  #setTest(test, status, kind) {
    this.#test = test;
    this.#view.showStatus(status, kind);
    this.#showTest();
  }

  #setSaving(isSaving) {
    this.#isSaving = isSaving;
    this.#showBusy();
  }

  #showTest() {
    showChecklist(this.#view.checks, this.#test, this.#tested !== drafts.connection(this.#draft()));
    this.#showBusy();
  }

  #showBusy() {
    this.#view.showBusy({ isTesting: this.#running !== null, isSaving: this.#isSaving });
  }
}
