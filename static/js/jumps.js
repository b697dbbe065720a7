// Through which servers another one may be reached: the choices of a form. Pure.

import { isLocal } from "./draft.js";

// All but this machine and `server` itself, { id, label } by their names; what `server`
// has now is among them even when this page does not know it.
export function jumpChoices(servers, server) {
  const others = servers.filter((one) => one.id !== server?.id && !isLocal(one));
  const isTwin = ({ name }) => others.filter((one) => one.name === name).length > 1;
  const choices = others
    .map((one) => ({ id: one.id, name: one.name, label: isTwin(one) ? `${one.name} (${one.id})` : one.name }))
    .sort((one, other) => one.label.localeCompare(other.label));
  const held = server?.settings.jump;
  const isKnown = !held || choices.some(({ id }) => id === held);
  return isKnown ? choices : [...choices, { id: held, name: held, label: held }];
}

// The id of the one that a pasted address names; "" when none is, or several are.
export function jumpNamed(text, choices) {
  const found = choices.filter(({ id, name }) => id === text || name === text);
  return found.length === 1 ? found[0].id : "";
}
