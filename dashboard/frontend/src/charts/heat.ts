import type { Schema } from "~/api/client";

export type HeatCell = Schema["HeatCell"];
export type Level = { from: number; to: number };
export type Placed = { cell: HeatCell; column: number; row: number; shade: number };

const SHADES = 5;

/** The steps of latency between the fastest and the slowest, the slowest first. */
export function levelsOf(cells: readonly HeatCell[]): Level[] {
  const found = new Map(cells.map((one) => [one.from_ms, one.to_ms]));
  const from = [...found.keys()].sort((a, b) => a - b);
  const all: Level[] = [];
  for (const low of from) {
    let last = all.at(-1);
    // Where nobody took so long there is no cell, and a row all the same.
    while (last && low > last.to * 1.05) {
      all.push({ from: last.to, to: last.to * (last.to / last.from) });
      last = all.at(-1);
    }
    all.push({ from: low, to: found.get(low) ?? low });
  }
  return all.reverse();
}

/** Where each cell stands, and how dark it is: by the root of its count, so that the few slow
 * requests can be seen beside the many usual ones. */
export function placed(
  cells: readonly HeatCell[],
  steps: readonly number[],
  levels: readonly Level[],
): Placed[] {
  const most = Math.max(1, ...cells.map((one) => one.count));
  const columns = new Map(steps.map((at, index) => [at, index]));
  const rows = new Map(levels.map((one, index) => [one.from, index]));
  return cells.flatMap((cell) => {
    const [column, row] = [columns.get(Date.parse(cell.at)), rows.get(cell.from_ms)];
    if (column === undefined || row === undefined) return [];
    return [{ cell, column, row, shade: Math.ceil(SHADES * Math.sqrt(cell.count / most)) }];
  });
}
