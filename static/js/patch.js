// RFC 7396, JSON merge patch: what a target becomes. Pure but for the target, which is
// changed in place, since a thousand servers are patched all the time.

import { isObject } from "./json.js";

const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

// A key may be any text: assigning to this one would change what the object inherits.
function put(object, key, value) {
  if (key !== "__proto__") object[key] = value;
  else {
    Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
  }
}

// The target with the patch applied; a target that is no object is replaced.
export function apply(target, patch) {
  if (!isObject(patch)) return patch;
  const merged = isObject(target) ? target : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else put(merged, key, apply(own(merged, key), value));
  }
  return merged;
}
