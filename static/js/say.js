// What a person reads, in the language of the page. The English text is the key, as with
// gettext; what the catalogue lacks stays English. The page brings its catalogue along.

const PLACEHOLDER = /\{(\w+)\}/g;
const ENGLISH = { texts: {}, forms: null };

const languageOf = (tag) => tag.split("-")[0].toLowerCase();

// What a browser's languages say of the page's own, such as en-GB of en: dates follow it.
const localeFor = (language, wanted) =>
  wanted.find((tag) => languageOf(tag) === languageOf(language)) ?? language;

// Which form of a noun goes with `n`: `forms` has a digit for each number below 200, and
// above that the last two digits decide.
function formOf(forms, n) {
  const whole = Math.abs(Math.trunc(n));
  return Number(forms[whole < forms.length ? whole : 100 + (whole % 100)]);
}

// catalogue: { texts: { English: text or [form, ...] }, forms }. Pure.
// -> { locale, say(text, values), sayMany(n, one, other, values) }
export function speech(language, catalogue = ENGLISH, wanted = []) {
  const locale = localeFor(language, wanted);
  const numbers = new Intl.NumberFormat(locale);
  const texts = new Map(Object.entries(catalogue.texts));

  const shown = (value) => (typeof value === "number" ? numbers.format(value) : String(value));
  const filled = (text, values) =>
    text.replace(PLACEHOLDER, (hole, name) => (Object.hasOwn(values, name) ? shown(values[name]) : hole));

  // A number among `values` is written as this language writes it; one that only names
  // something, such as a port, is handed in as text.
  function say(text, values = {}) {
    const found = texts.get(text) ?? text;
    return filled(Array.isArray(found) ? found[0] : found, values);
  }

  // For `n` of something; the text has it as {n}.
  function sayMany(n, one, other, values = {}) {
    const found = texts.get(one);
    if (!Array.isArray(found)) return filled(n === 1 ? one : other, { n, ...values });
    return filled(found[formOf(catalogue.forms, n)], { n, ...values });
  }

  return { locale, say, sayMany };
}

const page = globalThis.document;
const brought = page?.getElementById("words");

export const { locale, say, sayMany } = speech(
  page?.documentElement.lang || "en",
  brought ? JSON.parse(brought.textContent) : ENGLISH,
  globalThis.navigator?.languages ?? [],
);
