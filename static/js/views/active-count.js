// How many alerts are active, at the link to all of them: seen, and read out with its name.

import { say, sayMany } from "../say.js";
import { setData, setText } from "./dom.js";

export function showActiveCount(link, count) {
  const badge = link.querySelector(".nav-count");
  if (badge.hidden !== (count === 0)) badge.hidden = count === 0;
  setText(badge, count > 99 ? "99+" : String(count));
  const name = count ? sayMany(count, "Alerts, {n} active", "Alerts, {n} active") : say("Alerts");
  if (link.ariaLabel !== name) link.ariaLabel = name;
  setData(link, "tip", name);
}
