import type { Schema } from "~/api/client";

/** Where the bars of a call's turns stand. Milliseconds from the start of the axis. */

type Row = Schema["LogRow"];
type Receipt = Pick<Schema["Receipt"], "started_at" | "turns">;
type Modality = Row["modality"];

export type Axis = "call" | "turn";

export type Bar = {
  row: Row;
  from: number;
  to: number;
  /** When the first output came; unknown if none was measured. */
  first: number | undefined;
};

/** Bars of one leg beside which nothing else of it runs. */
export type Lane = { leg: Modality; bars: Bar[] };

export type Line = {
  /** Unique in the call. */
  key: string;
  /** Counted from 1; 0 is what belongs to no turn. */
  number: number;
  turn: Schema["Turn"];
  /** Since the call began. */
  begins: number;
  lanes: Lane[];
};

export type Waterfall = { lines: Line[]; end: number };

const LEG_ORDER: readonly Modality[] = ["stt", "llm", "tts"];

/** A line a turn. On the axis of the turns what belongs to none has no place: it runs beside. */
export function waterfall({ started_at, turns }: Receipt, now: number, axis: Axis): Waterfall {
  const start = Date.parse(started_at);
  let spoken = 0;
  const lines = turns
    .filter((turn) => axis === "call" || turn.speech_id !== null)
    .map((turn) => {
      const number = turn.speech_id === null ? 0 : ++spoken;
      const begins = Date.parse(turn.started_at);
      const origin = axis === "call" ? start : begins;
      const bars = turn.rows.map((row) => barOf(row, origin, now));
      return { key: turn.speech_id ?? "", number, turn, begins: begins - start, lanes: laid(bars) };
    });
  const ends = lines.flatMap((line) =>
    line.lanes.flatMap((lane) => lane.bars.map((one) => one.to)),
  );
  return { lines, end: Math.max(1, ...ends) };
}

function barOf(row: Row, origin: number, now: number): Bar {
  const from = Date.parse(row.started_at) - origin;
  const length = row.outcome === "open" ? now - origin - from : (row.duration_ms ?? 0);
  const to = from + Math.max(0, length);
  const first = row.ttfb_ms === null ? undefined : Math.min(from + row.ttfb_ms, to);
  return { row, from, to, first };
}

/** One lane a leg, and one more for each that runs at the same time. */
function laid(bars: readonly Bar[]): Lane[] {
  return LEG_ORDER.flatMap((leg) => {
    const lanes: Lane[] = [];
    const own = bars.filter((one) => one.row.modality === leg).sort((a, b) => a.from - b.from);
    for (const bar of own) {
      const free = lanes.find((lane) => (lane.bars.at(-1)?.to ?? 0) <= bar.from);
      if (free) free.bars.push(bar);
      else lanes.push({ leg, bars: [bar] });
    }
    return lanes;
  });
}

/** Left end and length of a bar as shares of the axis. */
export function placed({ from, to }: Pick<Bar, "from" | "to">, end: number) {
  return { left: `${(from / end) * 100}%`, width: `${((to - from) / end) * 100}%` };
}

/** Where in its bar the first output came, as a share of it. */
export function firstIn({ from, to, first }: Bar): string | undefined {
  if (first === undefined || to === from) return undefined;
  return `${((first - from) / (to - from)) * 100}%`;
}

const STEPS = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5];
const MOST_TICKS = 7;

/** Round places on the axis, the start among them. */
export function ticks(end: number): number[] {
  const last = STEPS.at(-1) ?? end;
  const step = STEPS.find((one) => end / one < MOST_TICKS) ?? Math.ceil(end / last / 6) * last;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, n) => n * step);
}

/** `0:42`, `1:02:05`; with tenths where the axis is short. */
export function offset(ms: number, end = Number.POSITIVE_INFINITY): string {
  if (end < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
