import type { Schema } from "~/api/client";
import { compare, plus } from "~/design/decimal";

export type CostPoint = Schema["CostPoint"];

/** As many keys as have a colour of their own. */
const MOST = 7;
const LEGS = ["stt", "llm", "tts"];

export type Group = { name: string; keys: ReadonlySet<string>; colour: string };
export type StackRow = { at: number; values: number[]; points: CostPoint[] };

/** What the bars are made of: the costliest keys by themselves, and the rest in one. Legs keep their
 * order and colour. */
export function groupsOf(points: readonly CostPoint[]): Group[] {
  const sums = new Map<string, string>();
  for (const one of points) sums.set(one.key, plus(sums.get(one.key) ?? "0", one.cost_usd ?? "0"));
  const keys = [...sums.keys()].sort(
    (a, b) => LEGS.indexOf(a) - LEGS.indexOf(b) || compare(sums.get(b) ?? "0", sums.get(a) ?? "0"),
  );
  const own = keys.length > MOST + 1 ? keys.slice(0, MOST) : keys;
  const groups = own.map((key, index) => group(key, [key], colourOf(key, index)));
  const rest = keys.slice(own.length);
  return rest.length === 0 ? groups : [...groups, group(`${rest.length} others`, rest, colour(7))];
}

function group(name: string, keys: readonly string[], its: string): Group {
  return { name, keys: new Set(keys), colour: its };
}

function colourOf(key: string, index: number): string {
  const leg = LEGS.indexOf(key);
  return colour(leg >= 0 ? leg : index);
}

export function colour(index: number): string {
  return `var(--series-${(index % 8) + 1})`;
}

/** One bar a step; the values are floats, which is what drawing takes. */
export function stackRows(
  points: readonly CostPoint[],
  groups: readonly Group[],
  steps: readonly number[],
): StackRow[] {
  const by = new Map<number, CostPoint[]>(steps.map((at) => [at, []]));
  for (const one of points) by.get(Date.parse(one.at))?.push(one);
  return [...by].map(([at, found]) => ({
    at,
    points: found,
    values: groups.map((one) => drawnSum(found.filter((point) => one.keys.has(point.key)))),
  }));
}

function drawnSum(points: readonly CostPoint[]): number {
  return points.reduce((sum, one) => sum + Number(one.cost_usd ?? 0), 0);
}

/** What a step's known costs come to, exactly; null if it has requests and none has a price. */
export function exactSum(points: readonly CostPoint[]): string | null {
  const known = points.flatMap((one) => (one.cost_usd === null ? [] : [one.cost_usd]));
  if (known.length === 0 && points.length > 0) return null;
  return known.reduce(plus, "0");
}
