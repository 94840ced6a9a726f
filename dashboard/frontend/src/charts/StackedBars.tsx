import { useMemo } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Schema } from "~/api/client";
import { money } from "~/design/format";
import { useZone } from "~/design/values";
import { AXIS, stepName, stepTick } from "./axes";
import { ChartFrame } from "./ChartFrame";
import { CostTable } from "./CostTable";
import { exactSum, type Group, groupsOf, type StackRow, stackRows } from "./stack";
import { stepsOf } from "./steps";
import { TooltipBox } from "./TooltipBox";

type Props = {
  series: Schema["CostSeries"];
  label: string;
  nameOf: (key: string) => string;
  small?: boolean;
  /** A bar of one key was chosen. */
  onChoose?: ((key: string) => void) | undefined;
};

/** Costs over time, a bar a step, stacked by key. */
export function StackedBars({ series, label, nameOf, small = false, onChoose }: Props) {
  const groups = useMemo(() => groupsOf(series.points), [series]);
  const rows = useMemo(
    () => stackRows(series.points, groups, stepsOf(series, series.points, Date.now())),
    [series, groups],
  );
  // Days are the ledger's, whatever zone times are shown in.
  const shown = useZone().name;
  const zone = series.step === "day" ? series.period.timezone : shown;
  return (
    <ChartFrame
      label={label}
      height={small ? "small" : "usual"}
      legend={groups.map((one) => ({ name: nameOf(one.name), colour: one.colour }))}
      table={() => (
        <CostTable points={series.points} step={series.step} zone={zone} nameOf={nameOf} />
      )}
    >
      <ResponsiveContainer width="100%" height="100%">
        <BarChart
          data={rows}
          accessibilityLayer={false}
          margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            {...AXIS}
            dataKey="at"
            tickFormatter={(at: number) => stepTick(at, series.step, zone)}
            minTickGap={24}
          />
          <YAxis
            {...AXIS}
            width={64}
            axisLine={false}
            tickFormatter={(value: number) => money(value.toPrecision(4))}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--sunken)" }}
            content={({ active, payload }) => {
              const row = payload?.[0]?.payload as StackRow | undefined;
              if (!active || row === undefined) return null;
              return (
                <StackTip
                  row={row}
                  groups={groups}
                  title={stepName(row.at, series.step, zone)}
                  nameOf={nameOf}
                />
              );
            }}
          />
          {groups.map((one, index) => (
            <Bar
              key={one.name}
              name={one.name}
              dataKey={(row: StackRow) => row.values[index] ?? 0}
              stackId="all"
              fill={one.colour}
              isAnimationActive={false}
              {...(onChoose && one.keys.size === 1
                ? { onClick: () => onChoose(one.name), cursor: "pointer" }
                : {})}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

type TipProps = {
  row: StackRow;
  groups: readonly Group[];
  title: string;
  nameOf: (key: string) => string;
};

function StackTip({ row, groups, title, nameOf }: TipProps) {
  const lines = groups.flatMap((one) => {
    const points = row.points.filter((point) => one.keys.has(point.key));
    if (points.length === 0) return [];
    return [{ name: nameOf(one.name), colour: one.colour, value: money(exactSum(points)) }];
  });
  const all = { name: "All", colour: "transparent", value: money(exactSum(row.points)) };
  return <TooltipBox title={title} lines={[...lines, all]} />;
}
