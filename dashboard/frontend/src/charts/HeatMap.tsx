import { useMemo } from "react";
import { count, duration } from "~/design/format";
import { type Column, Table } from "~/design/Table";
import { useZone } from "~/design/values";
import { type Step, stepName, stepTick } from "./axes";
import { ChartFrame } from "./ChartFrame";
import styles from "./charts.module.css";
import { type HeatCell, levelsOf, placed } from "./heat";

type Props = { cells: readonly HeatCell[]; steps: readonly number[]; step: Step; zone: string };

const ROW = 14;

/** How many requests took how long, step by step; the darker the more. */
export function HeatMap({ cells, steps, step, zone }: Props) {
  const levels = useMemo(() => levelsOf(cells), [cells]);
  const marks = useMemo(() => placed(cells, steps, levels), [cells, steps, levels]);
  const width = 100 / Math.max(1, steps.length);
  return (
    <ChartFrame
      label="How many requests took how long, over time; darker is more."
      height="free"
      legend={[0, 1, 2, 3, 4, 5].map((one) => ({
        name: ["none", "few", "", "", "", "most"][one],
        colour: `var(--heat-${one})`,
      }))}
      table={() => <HeatTable cells={cells} step={step} />}
    >
      <div className={styles.heat}>
        <div className={styles.levels}>
          {levels.map((one, index) => (
            <span key={one.from}>{index % 2 === 0 ? duration(one.from) : ""}</span>
          ))}
        </div>
        <svg className={styles.cells} height={levels.length * ROW} aria-hidden="true">
          <rect width="100%" height="100%" className={styles.level0} />
          {marks.map(({ cell, column, row, shade }) => (
            <rect
              key={`${column} ${row}`}
              x={`${column * width}%`}
              y={row * ROW}
              width={`${width}%`}
              height={ROW}
              className={styles[`level${shade}`]}
            >
              <title>{`${stepName(steps[column] ?? 0, step, zone)}: ${count(cell.count)} took ${duration(cell.from_ms)} to ${duration(cell.to_ms)}`}</title>
            </rect>
          ))}
        </svg>
        <div className={styles.times}>
          {endsOf(steps).map((at) => (
            <span key={at}>{stepTick(at, step, zone)}</span>
          ))}
        </div>
      </div>
    </ChartFrame>
  );
}

function endsOf(steps: readonly number[]): number[] {
  const picked = [0, Math.floor(steps.length / 2), steps.length - 1].map((index) => steps[index]);
  return [...new Set(picked)].filter((at): at is number => at !== undefined);
}

function HeatTable({ cells, step }: { cells: readonly HeatCell[]; step: Step }) {
  const zone = useZone().name;
  const columns: Column<HeatCell>[] = [
    {
      title: `From (${zone})`,
      heads: true,
      cell: (one) => stepName(Date.parse(one.at), step, zone),
    },
    { title: "At least", right: true, cell: (one) => duration(one.from_ms) },
    { title: "Less than", right: true, cell: (one) => duration(one.to_ms) },
    { title: "Requests", right: true, cell: (one) => count(one.count) },
  ];
  return (
    <Table
      caption="Requests by time and latency"
      columns={columns}
      rows={[...cells].reverse()}
      keyOf={(one) => `${one.at} ${one.from_ms}`}
    />
  );
}
