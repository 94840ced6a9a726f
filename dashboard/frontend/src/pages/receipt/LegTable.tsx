import type { Schema } from "~/api/client";
import { count } from "~/design/format";
import { Card } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Duration, Money } from "~/design/values";
import { UnitList } from "~/request/UnitList";
import { LegName } from "~/request/words";

type Leg = Schema["LegReceipt"];

const COLUMNS: readonly Column<Leg>[] = [
  { title: "Leg", cell: (leg) => <LegName modality={leg.modality} /> },
  { title: "Model", heads: true, cell: (leg) => `${leg.provider}/${leg.model}` },
  { title: "Cost", right: true, cell: (leg) => <Money amount={leg.cost_usd} /> },
  { title: "Requests", right: true, cell: (leg) => count(leg.requests) },
  { title: "Units", cell: (leg) => <UnitList of={leg.units} /> },
  {
    title: "First byte, median",
    right: true,
    cell: (leg) => <Duration ms={leg.ttfb_median_ms} />,
  },
  { title: "Slowest", right: true, cell: (leg) => <Duration ms={leg.ttfb_slowest_ms} /> },
  { title: "Interruptions", right: true, cell: (leg) => count(leg.interruptions) },
  { title: "Retries", right: true, cell: (leg) => count(leg.retries) },
  { title: "Fallbacks", right: true, cell: (leg) => count(leg.fallbacks) },
  { title: "Unpriced", right: true, cell: (leg) => count(leg.unpriced_requests) },
];

export function LegTable({ legs }: { legs: readonly Leg[] }) {
  return (
    <Card title="Legs">
      <Table
        caption="Each model's part in the call"
        columns={COLUMNS}
        rows={legs}
        keyOf={(leg) => `${leg.modality} ${leg.provider}/${leg.model}`}
        empty={<p className="quiet">Nothing has ended yet.</p>}
      />
    </Card>
  );
}
