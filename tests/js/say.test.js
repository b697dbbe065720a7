import assert from "node:assert/strict";
import { test } from "node:test";

import { locale, say, sayMany, speech } from "../../static/js/say.js";

// Plural forms of Russian: 1, 21, 101 ... take the first; 2-4, 22-24 ... the second.
const slavic = (n) => {
  if (n % 10 === 1 && n % 100 !== 11) return 0;
  return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2;
};
const forms = Array.from({ length: 200 }, (_, n) => slavic(n)).join("");

test("without a catalogue the text is what is said", () => {
  assert.equal(say("Loading the servers"), "Loading the servers");
  assert.equal(locale, "en");
});

test("values are filled in wherever they stand, as they are", () => {
  assert.equal(say("Delete {name}? {name}!", { name: "$& {other} <b>" }), "Delete $& {other} <b>? $& {other} <b>!");
});

test("a hole for which there is no value stays visible", () => {
  assert.equal(say("Actions for {name}"), "Actions for {name}");
  assert.equal(say("{constructor}", {}), "{constructor}");
});

test("English has one form for one and another for all else", () => {
  const said = [0, 1, 2, 1.5].map((n) => sayMany(n, "{n} server", "{n} servers"));
  assert.deepEqual(said, ["0 servers", "1 server", "2 servers", "1.5 servers"]);
});

test("what is counted may be said with more values", () => {
  assert.equal(sayMany(2, "{n} of {all}", "{n} of {all}", { all: 3 }), "2 of 3");
});

test("numbers are written as the language does, names of things as they are", () => {
  const { say: german } = speech("de");
  assert.equal(german("{n} on port {port}", { n: 12_345.5, port: "12345" }), "12.345,5 on port 12345");
});

test("a catalogue has the words, and what it lacks is English", () => {
  const { say: indonesian } = speech("id", { texts: { Close: "Tutup" }, forms: "0".repeat(200) });
  assert.deepEqual([indonesian("Close"), indonesian("Open")], ["Tutup", "Open"]);
});

test("each number has the form that its language wants", () => {
  const texts = { "{n} server": ["{n} сервер", "{n} сервера", "{n} серверов"] };
  const { sayMany: russian } = speech("ru", { texts, forms });
  const numbers = [1, 2, 5, 11, 14, 21, 22, 100, 111, 199, 201, 212, 1001, 1011];
  const said = numbers.map((n) => russian(n, "{n} server", "{n} servers").split(/\s/).at(-1));
  const right = ["сервер", "сервера", "серверов"];
  assert.deepEqual(said, numbers.map((n) => right[slavic(n)]));
});

test("what the catalogue does not count is counted in English", () => {
  const { sayMany: some } = speech("id", { texts: {}, forms: "0".repeat(200) });
  assert.deepEqual([1, 2].map((n) => some(n, "{n} core", "{n} cores")), ["1 core", "2 cores"]);
});

test("dates follow the browser's own kind of the page's language", () => {
  assert.equal(speech("en", undefined, ["de-DE", "en-GB", "en-US"]).locale, "en-GB");
  assert.equal(speech("id", undefined, ["en-GB"]).locale, "id");
});
