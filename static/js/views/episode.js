// One episode of an alert as a row, with what else is known of it behind a button.

import { markOf, plainSubject } from "../alerts.js";
import * as episodes from "../episodes.js";
import { exactTime, words } from "../format.js";
import { serverPath } from "../route.js";
import { say } from "../say.js";
import { clone, setData, setText, setTip, slots } from "./dom.js";

export const makeEpisode = () => clone("episode");
export const isOpen = (row) => slots(row).toggle.ariaExpanded === "true";

// state: { server or undefined, name, nowMs }
export function showEpisode(row, episode, state) {
  const { server, name, nowMs } = state;
  const slot = slots(row);
  row.id = `event-${episode.eventId}`;
  setData(row, "status", markOf(episode));
  row.toggleAttribute("data-over", !episode.isActive);
  setText(slot.severity, episodes.severityWord(episode));
  setText(slot.began, episodes.beganAt(episode, nowMs));
  setTip(slot.began, episode.triggeredAt === null ? "" : exactTime(episode.triggeredAt));
  showServer(slot.server, server, name);
  setText(slot.what, episodes.whatOf(episode));
  showNow(slot, episode, server);
  const lasted = episodes.lasted(episode, nowMs);
  setText(slot.lasted, episode.isActive && lasted ? say("for {duration}", { duration: lasted }) : lasted);
  const label = say("Details of {subject}", { subject: plainSubject(episode.subject) });
  if (slot.toggle.ariaLabel !== label) slot.toggle.ariaLabel = label;
  if (isOpen(row)) showFacts(slot.facts, episodes.facts(episode, server, nowMs));
}

export function openEpisode(row, isWanted) {
  const { toggle, facts } = slots(row);
  toggle.ariaExpanded = String(isWanted);
  facts.hidden = !isWanted;
}

// A server that is watched no more has no page.
function showServer(link, server, name) {
  setText(link, name);
  const href = server ? serverPath(server.id) : null;
  if (link.getAttribute("href") === href) return;
  if (href) link.setAttribute("href", href);
  else link.removeAttribute("href");
}

// While somebody reads the row of an alert that has just ended, it says so and stays.
function showNow(slot, episode, server) {
  const value = episodes.valueNow(episode, server);
  const ended = episode.isEnding ? episodes.endWord(episode) : "";
  setText(slot.now, value ? say("now {value}", { value: words(value) }) : ended);
  const process = episodes.largestProcess(episode, server);
  setText(slot.process, process && say("Largest process: {process}", { process }));
}

function showFacts(list, facts) {
  while (list.children.length > facts.length) list.lastElementChild.remove();
  facts.forEach(([term, text], i) => {
    const row = list.children[i] ?? list.appendChild(clone("fact"));
    setText(row.firstElementChild, term);
    setText(row.lastElementChild, text);
  });
}
