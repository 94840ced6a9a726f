import { useMemo, useState } from "react";
import type { Schema } from "~/api/client";
import { stepName } from "~/charts/axes";
import {
  type LatencyPoint,
  lineRows,
  linesOf,
  nameOfPoint,
  percentileOf,
  percentilesIn,
} from "~/charts/lines";
import { PercentileLines } from "~/charts/PercentileLines";
import { Segments } from "~/design/controls";
import { count } from "~/design/format";
import { Card } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Duration } from "~/design/values";

type Props = { series: Schema["LatencySeries"]; steps: readonly number[]; zone: string };

/** Every percentile of a single model; of several models one percentile each, to be chosen. */
export function LatencyLines({ series, steps, zone }: Props) {
  const names = useMemo(() => percentilesIn(series.points), [series]);
  const [chosen, choose] = useState<string>();
  const percentile = names.find((one) => one === (chosen ?? "p95")) ?? names[0] ?? "p50";
  const lines = useMemo(() => linesOf(series.points, percentile), [series, percentile]);
  const rows = useMemo(() => lineRows(series.points, lines, steps), [series, lines, steps]);
  const several = new Set(series.points.map(nameOfPoint)).size > 1;
  return (
    <Card
      title={several ? `${percentile} of each model` : "Percentiles"}
      aside={
        several && (
          <Segments
            label="Percentile"
            options={names.map((one) => [one, one] as const)}
            value={percentile}
            onChange={choose}
          />
        )
      }
    >
      <PercentileLines
        label={several ? `The ${percentile} of each model over time.` : "Percentiles over time."}
        lines={lines}
        rows={rows}
        step={series.step}
        zone={zone}
        table={() => <PointTable series={series} names={names} zone={zone} />}
      />
    </Card>
  );
}

type TableProps = { series: Schema["LatencySeries"]; names: readonly string[]; zone: string };

function PointTable({ series, names, zone }: TableProps) {
  const columns: Column<LatencyPoint>[] = [
    {
      title: `From (${zone})`,
      heads: true,
      cell: (one) => stepName(Date.parse(one.at), series.step, zone),
    },
    { title: "Model", cell: nameOfPoint },
    { title: "Leg", cell: (one) => one.modality },
    ...names.map((name) => ({
      title: name,
      right: true,
      cell: (one: LatencyPoint) => <Duration ms={percentileOf(one.ms, name)} />,
    })),
    { title: "Requests", right: true, cell: (one) => count(one.ms.count) },
  ];
  return (
    <Table
      caption="Latencies over time"
      columns={columns}
      rows={[...series.points].reverse()}
      keyOf={(one) => `${one.at} ${nameOfPoint(one)} ${one.modality}`}
    />
  );
}
