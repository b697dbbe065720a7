// The line of a sparkline: 15 minutes in a box of 64 by 22 or another one, from 0 to 100 %. Pure.

import { SPAN_MS } from "./series.js";

export const WIDTH = 64;
export const HEIGHT = 22;

// The path of the values that `of(point)` gives; one point a pixel at most, gaps stay gaps.
export function path(points, of, nowMs, [width, height] = [WIDTH, HEIGHT]) {
  const commands = [];
  let isJoined = false;
  let drawnX = -1;
  for (const point of points) {
    const x = Math.round(((point.at - nowMs) / SPAN_MS + 1) * width);
    const value = of(point);
    if (value === null) isJoined = false;
    else if (x >= 0 && (!isJoined || x > drawnX)) {
      const y = Math.round((1 - value / 100) * (height - 2) * 10) / 10 + 1;
      commands.push(`${isJoined ? "L" : "M"}${x} ${y}`);
      isJoined = true;
      drawnX = x;
    }
  }
  return commands.join("");
}
