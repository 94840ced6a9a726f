import type { Schema } from "~/api/client";
import { duration } from "~/design/format";
import { type Column, Table } from "~/design/Table";
import { Duration, Money } from "~/design/values";
import { OpenRequest } from "~/request/OpenRequest";
import { UnitList } from "~/request/UnitList";
import { LegName, OutcomeBadge } from "~/request/words";
import { turnName } from "./TurnLine";
import { type Bar, type Line, waterfall } from "./waterfall";

type Entry = Bar & { line: Line };

const COLUMNS: readonly Column<Entry>[] = [
  { title: "Turn", cell: ({ line }) => turnName(line) },
  { title: "Leg", cell: ({ row }) => <LegName modality={row.modality} /> },
  {
    title: "Model",
    heads: true,
    cell: ({ row }) => (
      <OpenRequest id={row.id}>
        {row.provider}/{row.model}
      </OpenRequest>
    ),
  },
  { title: "Starts after", right: true, cell: ({ from }) => duration(from) },
  { title: "First output", right: true, cell: ({ row }) => <Duration ms={row.ttfb_ms} /> },
  { title: "Duration", right: true, cell: ({ from, to }) => <Duration ms={to - from} /> },
  { title: "Outcome", cell: ({ row }) => <OutcomeBadge outcome={row.outcome} /> },
  { title: "Attempt", right: true, cell: ({ row }) => row.attempt },
  { title: "Fallback from", cell: ({ row }) => row.fallback_from },
  { title: "Error", cell: ({ row }) => row.error },
  { title: "Units", cell: ({ row }) => <UnitList of={row.units} /> },
  {
    title: "Cost",
    right: true,
    cell: ({ row }) =>
      row.outcome === "open" ? <span className="quiet">–</span> : <Money amount={row.cost_usd} />,
  },
];

export function TurnTable({ receipt, now }: { receipt: Schema["Receipt"]; now: number }) {
  const { lines } = waterfall(receipt, now, "call");
  const entries = lines.flatMap((line) =>
    line.lanes
      .flatMap((lane) => lane.bars.map((bar) => ({ ...bar, line })))
      .sort((one, other) => one.from - other.from),
  );
  return (
    <Table
      caption="Requests of each turn"
      columns={COLUMNS}
      rows={entries}
      keyOf={({ row }) => row.id}
    />
  );
}
