// What a card shows only while it is open.

import * as format from "../format.js";
import { say } from "../say.js";
import { setKnown } from "./dom.js";

// What is known of the interfaces by the cell that shows it: { at, totals, isAsking }, `at` the
// sample with which it was asked for.
const known = new WeakMap();

// A function that shows details: `why(what)` is why a value is not known. `ask(id)` promises the
// interfaces of a server, which the stream leaves out.
export const detailsWith = (ask) => (slot, server, why) => {
  const { metrics } = server;
  setKnown(slot.hostname, metrics?.hostname, why(say("The hostname")));
  setKnown(slot.model, metrics?.cpu?.model, why(say("The processor")));
  setKnown(slot.since, server.since && format.exactTime(server.since), say("Not known"));
  setKnown(slot.taken, metrics?.takenAt && format.exactTime(metrics.takenAt), why(say("A sample")));
  setKnown(slot.tags, server.tags.replaceAll(",", ", "), say("No tags are set for this server"));
  showInterfaces(slot.interfaces, server, why(say("Interfaces")), ask);
};

// With each sample they are asked for anew; what was said last stays until the answer is there.
function showInterfaces(cell, { id, metrics }, why, ask) {
  const at = metrics?.takenAt ?? null;
  const last = known.get(cell) ?? { at: null, totals: null, isAsking: false };
  const asks = !last.isAsking && at !== last.at;
  setKnown(cell, last.totals, (asks || last.isAsking) && last.totals === null ? say("Loading") : why);
  if (!asks) return;
  const take = (totals) => {
    known.set(cell, { at, totals, isAsking: false });
    setKnown(cell, totals, why);
  };
  known.set(cell, { ...last, isAsking: true });
  ask(id).then(
    (interfaces) => take(interfaces.map(total).join(", ")),
    // The badge says that nobody answers.
    () => take(last.totals),
  );
}

const total = ({ name, receivedBytes, sentBytes }) =>
  `${name} ↓ ${format.words(format.bytes(receivedBytes))} ↑ ${format.words(format.bytes(sentBytes))}`;
