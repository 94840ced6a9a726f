import { useState } from "react";
import type { Schema } from "~/api/client";
import { Segments } from "~/design/controls";
import { Card } from "~/design/surfaces";
import { useFilters } from "~/filters/Filters";
import { Legend } from "./Legend";
import { TurnLine } from "./TurnLine";
import styles from "./Turns.module.css";
import { TurnTable } from "./TurnTable";
import { useBarKeys } from "./useBarKeys";
import { type Axis, offset, ticks, waterfall } from "./waterfall";

const AXES = [
  ["call", "From the call's start"],
  ["turn", "From each turn's start"],
] as const;

/** From this share of the axis on a tick's name stands left of it. */
const LATE = 0.93;
/** From this length on the bars of one axis for the whole call would be too thin to tell apart. */
const LONG_SECONDS = 120;

/** The waterfall: a line a turn, on one axis of time. */
export function Turns({ receipt, now }: { receipt: Schema["Receipt"]; now: number }) {
  const [search, change] = useFilters();
  const [usual] = useState<Axis>(() => (receipt.duration_seconds > LONG_SECONDS ? "turn" : "call"));
  const axis = search.axis ?? usual;
  const { lines, end } = waterfall(receipt, now, axis);
  const keys = useBarKeys();
  if (receipt.turns.length === 0) return null;
  return (
    <Card
      title="Turn by turn"
      aside={
        <Segments
          label="Time axis"
          options={AXES}
          value={axis}
          onChange={(to) => change({ axis: to })}
        />
      }
    >
      <Legend />
      <section {...keys} className={styles.chart} aria-label="Requests of each turn over time">
        <div className={styles.scale} aria-hidden="true">
          {ticks(end).map((tick) => (
            <span
              key={tick}
              data-late={tick > end * LATE ? "" : undefined}
              style={{ left: `${(tick / end) * 100}%` }}
            >
              {offset(tick, end)}
            </span>
          ))}
        </div>
        <ol className={styles.lines}>
          {lines.map((line) => (
            <TurnLine key={line.key} line={line} end={end} />
          ))}
        </ol>
      </section>
      {lines.length < receipt.turns.length && (
        <p className="quiet">
          What belongs to no turn, as a transcription of the whole call does, is on the axis of the
          call.
        </p>
      )}
      <details className={styles.table}>
        <summary>The same as a table</summary>
        <TurnTable receipt={receipt} now={now} />
      </details>
    </Card>
  );
}
