import type { ReactNode } from "react";
import {
  CartesianGrid,
  Line as Drawn,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { duration } from "~/design/format";
import { AXIS, type Step, stepName, stepTick } from "./axes";
import { ChartFrame } from "./ChartFrame";
import type { Line, LineRow } from "./lines";
import { colour } from "./stack";
import { TooltipBox } from "./TooltipBox";

type Props = {
  label: string;
  lines: readonly Line[];
  rows: LineRow[];
  step: Step;
  zone: string;
  table: () => ReactNode;
};

/** After so many the colours begin again, and lines are dashed. */
const COLOURS = 8;

/** Latencies over time, a line for each percentile or model. A step without a request is a gap. */
export function PercentileLines({ label, lines, rows, step, zone, table }: Props) {
  return (
    <ChartFrame
      label={label}
      legend={lines.map((one, index) => ({
        name: index < COLOURS ? one.name : `${one.name}, dashed`,
        colour: colour(index),
      }))}
      table={table}
    >
      <ResponsiveContainer width="100%" height="100%">
        <LineChart
          data={rows}
          accessibilityLayer={false}
          margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            {...AXIS}
            dataKey="at"
            tickFormatter={(at: number) => stepTick(at, step, zone)}
            minTickGap={24}
          />
          <YAxis
            {...AXIS}
            width={56}
            axisLine={false}
            tickFormatter={(ms: number) => duration(ms)}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: "var(--line-strong)" }}
            content={({ active, payload }) => {
              const row = payload?.[0]?.payload as LineRow | undefined;
              if (!active || row === undefined) return null;
              return (
                <TooltipBox title={stepName(row.at, step, zone)} lines={tipLines(lines, row)} />
              );
            }}
          />
          {lines.map((one, index) => (
            <Drawn
              key={one.name}
              name={one.name}
              dataKey={(row: LineRow) => row.values[index]}
              stroke={colour(index)}
              strokeWidth={2}
              {...(index < COLOURS ? {} : { strokeDasharray: "6 3" })}
              dot={rows.length < 40 ? { r: 2 } : false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

function tipLines(lines: readonly Line[], row: LineRow) {
  return lines.flatMap((one, index) => {
    const value = row.values[index];
    if (value === undefined) return [];
    return [{ name: one.name, colour: colour(index), value: duration(value) }];
  });
}
