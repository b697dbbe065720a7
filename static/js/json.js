// What a value of JSON is. Pure.

export const isObject = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);
