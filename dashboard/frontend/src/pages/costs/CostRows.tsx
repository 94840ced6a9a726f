import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { ShareBar } from "~/charts/ShareBar";
import { Button } from "~/design/controls";
import { csv, saveFile } from "~/design/csv";
import { count, units } from "~/design/format";
import { Card } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Money } from "~/design/values";
import type { Grouping } from "~/filters/search";
import { type CostRow, drilled, GROUPINGS, keyName, rowsOf } from "./costs";

type Props = { costs: Schema["Costs"]; before: Schema["Costs"] | undefined; by: Grouping };

/** Each group with its share, the costliest first; its name leads to its parts. */
export function CostRows({ costs, before, by }: Props) {
  const rows = rowsOf(costs, by);
  const former = new Map(before && rowsOf(before, by).map((one) => [one.key, one.cost_usd]));
  const title = GROUPINGS.find(([key]) => key === by)?.[1] ?? by;
  const columns: Column<CostRow>[] = [
    { title, heads: true, cell: (row) => <Drill by={by} row={row} /> },
    { title: "Cost", right: true, cell: (row) => <Money amount={row.cost_usd} /> },
    {
      title: "Share",
      right: true,
      cell: (row) => <ShareBar part={Number(row.cost_usd ?? 0)} whole={Number(costs.total_usd)} />,
    },
    {
      title: "Period before",
      right: true,
      cell: (row) =>
        former.has(row.key) ? (
          <Money amount={former.get(row.key)} />
        ) : (
          <span className="quiet">–</span>
        ),
    },
    { title: "Requests", right: true, cell: (row) => count(row.requests) },
    { title: "Unpriced", right: true, cell: (row) => <Unpriced by={by} row={row} /> },
    { title: "Units", cell: (row) => units(row.units) },
  ];
  return (
    <Card
      title={`By ${title.toLowerCase()}`}
      aside={
        <Button look="plain" onClick={() => saveFile(`costs-by-${by}.csv`, asCsv(rows, by))}>
          This table as CSV
        </Button>
      }
    >
      <Table
        caption={`Costs by ${title.toLowerCase()}`}
        columns={columns}
        rows={rows}
        keyOf={(row) => row.key ?? ""}
        empty={<p className="quiet">No request ended in this period.</p>}
      />
    </Card>
  );
}

function Drill({ by, row }: { by: Grouping; row: CostRow }) {
  if (row.key === null) return <span className="quiet">none</span>;
  const changes = drilled(by, row.key);
  return (
    <Link to="." search={(before) => ({ ...before, ...changes })}>
      {keyName(row.key)}
    </Link>
  );
}

function Unpriced({ by, row }: { by: Grouping; row: CostRow }) {
  if (row.unpriced_requests === 0) return "0";
  const changes = { [by]: row.key ?? undefined, rows: "unpriced" } as const;
  return (
    <Link to="." hash="requests" search={(before) => ({ ...before, ...changes })}>
      {count(row.unpriced_requests)}
    </Link>
  );
}

function asCsv(rows: readonly CostRow[], by: Grouping): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.units)))].sort();
  const head = [by, "cost_usd", "requests", "unpriced_requests", ...names];
  const lines = rows.map((row) => [
    row.key ?? "",
    row.cost_usd ?? "",
    String(row.requests),
    String(row.unpriced_requests),
    ...names.map((name) => (row.units as Readonly<Record<string, string>>)[name] ?? ""),
  ]);
  return csv([head, ...lines]);
}
