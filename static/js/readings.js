// The numbers of a sample under the names that history has for them. Pure.

const PRESSURES = ["cpu", "memory", "io"];

// From what the page hears of a server at each update.
export function readingsOf(metrics) {
  const found = new Map([
    ["cpu_used_percent", metrics.cpu?.used],
    ["cpu_iowait_percent", metrics.cpu?.iowait],
    ["cpu_steal_percent", metrics.cpu?.steal],
    ["load_one_minute", metrics.load?.[0]],
    ["memory_used_percent", metrics.memory?.used],
    ["swap_used_bytes", metrics.memory?.swapUsedBytes],
    ["network_rx_bytes_per_second", metrics.network?.receivedRate],
    ["network_tx_bytes_per_second", metrics.network?.sentRate],
  ]);
  for (const disk of metrics.disks) found.set(`disk_used_percent:${disk.mount}`, disk.used);
  return known(found);
}

// From what only the server's own document has.
export function readingsOfDetails({ blockDevices, pressure, temperatures }) {
  // What is made of other devices carries their bytes again.
  const devices = (blockDevices ?? []).filter((one) => !one.isLayered && one.readRate !== null);
  const ofAll = (of, join) => (devices.length ? devices.map(of).reduce(join) : null);
  const add = (a, b) => a + b;
  const more = (a, b) => Math.max(a, b);
  const degrees = (temperatures ?? []).map(({ celsius }) => celsius);
  const found = new Map([
    ["disk_read_bytes_per_second", ofAll((one) => one.readRate, add)],
    ["disk_write_bytes_per_second", ofAll((one) => one.writtenRate, add)],
    ["disk_busy_percent", ofAll((one) => one.used, more)],
    ["temperature_celsius", degrees.length ? degrees.reduce(more) : null],
    ...PRESSURES.map((name) => [`${name}_pressure_percent`, pressure?.[name]]),
  ]);
  return known(found);
}

const known = (found) => new Map([...found].filter(([, value]) => Number.isFinite(value)));
