// Where the journal comes from.

import { readJournal } from "./wire-journal.js";

// `get(path)` asks the API, `query` is URLSearchParams -> { alerts, total }.
export const loadJournal = async (get, query) => readJournal(await get(`/api/v1/alerts?${query}`));
