import { count } from "~/design/format";
import { type Column, Table } from "~/design/Table";
import { Money } from "~/design/values";
import { type Step, stepName } from "./axes";
import type { CostPoint } from "./stack";

type Props = {
  points: readonly CostPoint[];
  step: Step;
  zone: string;
  nameOf: (key: string) => string;
};

/** The points of a picture of costs, the newest first. */
export function CostTable({ points, step, zone, nameOf }: Props) {
  const columns: Column<CostPoint>[] = [
    {
      title: step === "day" ? `Day (${zone})` : `Quarter-hour from (${zone})`,
      heads: true,
      cell: (one) => stepName(Date.parse(one.at), step, zone),
    },
    { title: "Of", cell: (one) => nameOf(one.key) },
    { title: "Cost", right: true, cell: (one) => <Money amount={one.cost_usd} /> },
    { title: "Requests", right: true, cell: (one) => count(one.requests) },
    { title: "Unpriced", right: true, cell: (one) => count(one.unpriced_requests) },
  ];
  return (
    <Table
      caption="Costs over time"
      columns={columns}
      rows={[...points].reverse()}
      keyOf={(one) => `${one.at} ${one.key}`}
      empty={<p className="quiet">No request ended in this period.</p>}
    />
  );
}
