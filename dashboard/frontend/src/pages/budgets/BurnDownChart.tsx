import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  XAxis,
  YAxis,
} from "recharts";
import { clock, day, money } from "~/design/format";
import { useZone } from "~/design/values";
import styles from "./Budgets.module.css";
import type { Drawn } from "./burndown";
import type { Span } from "./standing";

type Props = { rows: readonly Drawn[]; span: Span; capped: boolean; label: string };

/** Drawn alone: the table beside it has the figures. */
export function BurnDownChart({ rows, span, capped, label }: Props) {
  const zone = useZone().name;
  const tick = (at: number) => {
    const time = new Date(at).toISOString();
    return span === "day" ? clock(time, zone).slice(0, 5) : day(time, zone);
  };
  const [first, last] = [rows[0]?.at ?? 0, rows[rows.length - 1]?.at ?? 0];
  return (
    <figure>
      <div className={styles.chart} role="img" aria-label={label}>
        <ResponsiveContainer width="100%" height="100%">
          <LineChart data={[...rows]} margin={{ top: 8, right: 12, bottom: 0, left: 0 }}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="at"
              type="number"
              domain={[first, last]}
              tickFormatter={tick}
              ticks={ticksOf(first, last, span)}
              minTickGap={16}
              interval="preserveStart"
              stroke="var(--ink-3)"
              fontSize={12}
              tickLine={false}
            />
            <YAxis
              tickFormatter={(value: number) => money(value.toPrecision(4))}
              stroke="var(--ink-3)"
              fontSize={12}
              width={64}
              axisLine={false}
              tickLine={false}
            />
            {capped && <ReferenceLine y={0} stroke="var(--bad)" />}
            <Line
              dataKey="even"
              stroke="var(--line-strong)"
              strokeDasharray="2 4"
              connectNulls
              dot={false}
              isAnimationActive={false}
            />
            <Line
              dataKey="forecast"
              stroke="var(--series-2)"
              strokeDasharray="6 4"
              strokeWidth={2}
              connectNulls
              dot={false}
              isAnimationActive={false}
            />
            <Line
              dataKey="real"
              stroke="var(--series-1)"
              strokeWidth={2}
              dot={false}
              isAnimationActive={false}
            />
          </LineChart>
        </ResponsiveContainer>
      </div>
      <figcaption className={styles.legend}>
        <span data-line="real">{capped ? "Left of the cap" : "Spent so far"}</span>
        <span data-line="forecast">Forecast</span>
        {capped && <span data-line="even">If used up evenly</span>}
      </figcaption>
    </figure>
  );
}

const STEPS = { day: 3 * 3_600_000, month: 5 * 86_400_000 } as const;

function ticksOf(first: number, last: number, span: Span): number[] {
  const count = Math.floor((last - first) / STEPS[span]) + 1;
  return Array.from({ length: count }, (_, index) => first + index * STEPS[span]);
}
