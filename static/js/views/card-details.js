// What a card shows only while it is open.

import * as format from "../format.js";
import { say } from "../say.js";
import { setKnown } from "./dom.js";

// `why(what)`: why a value is not known.
export function showDetails(slot, server, why) {
  const { metrics } = server;
  const interfaces = metrics?.network?.interfaces ?? [];
  setKnown(slot.hostname, metrics?.hostname, why(say("The hostname")));
  setKnown(slot.model, metrics?.cpu?.model, why(say("The processor")));
  setKnown(slot.since, server.since && format.exactTime(server.since), say("Not known"));
  setKnown(slot.taken, metrics?.takenAt && format.exactTime(metrics.takenAt), why(say("A sample")));
  setKnown(slot.tags, server.tags.replaceAll(",", ", "), say("No tags are set for this server"));
  const totals = interfaces.map(
    (i) => `${i.name} ↓ ${format.words(format.bytes(i.receivedBytes))} ↑ ${format.words(format.bytes(i.sentBytes))}`,
  );
  setKnown(slot.interfaces, totals.join(", "), why(say("Interfaces")));
}
