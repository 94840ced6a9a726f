import type { Schema } from "~/api/client";
import { Button } from "~/design/controls";
import { count, isoDay } from "~/design/format";
import { Badge, Card, Empty, Figure, Figures, Notice } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Money, When } from "~/design/values";
import styles from "./Reconcile.module.css";
import { CAUSES, csvOf, drift, flaggedFirst, type Row } from "./rows";

type Reconciliation = Schema["Reconciliation"];

const nothing = <span className="quiet">–</span>;

const COLUMNS: readonly Column<Row>[] = [
  { title: "Model", heads: true, cell: (one) => one.model },
  { title: "Leg", cell: (one) => one.modality ?? nothing },
  { title: "Unit", cell: (one) => one.unit?.replaceAll("_", " ") ?? "all together" },
  { title: "Ledger", right: true, cell: (one) => <Quantity of={one.recorded} /> },
  { title: "Vendor", right: true, cell: (one) => <Quantity of={one.vendor} /> },
  { title: "Ledger, cost", right: true, cell: (one) => <Cost of={one.recorded_usd} /> },
  { title: "Vendor, cost", right: true, cell: (one) => <Cost of={one.vendor_usd} /> },
  { title: "Drift", right: true, cell: drift },
  {
    title: "Cause",
    cell: (one) => (
      <>
        {one.flagged && <Badge tone="bad">flagged</Badge>}{" "}
        {one.cause === null ? (
          <span className="quiet">they agree</span>
        ) : (
          <>
            <Badge tone={CAUSES[one.cause].tone}>{one.cause}</Badge>{" "}
            <span className="quiet">{CAUSES[one.cause].means}</span>
          </>
        )}
      </>
    ),
  },
];

/** Where the ledger and the bill part. */
export function Findings({ of }: { of: Reconciliation }) {
  const zone = of.period.timezone;
  return (
    <Card
      title={`${of.provider}, the ledger beside the bill`}
      aside={<Button onClick={() => download(of)}>Export as CSV</Button>}
    >
      <div className={styles.stack}>
        <p className="quiet">
          From <When time={of.period.start} /> up to <When time={of.period.end} />, days of {zone}.
        </p>
        <Figures>
          <Figure name="The ledger recorded" value={<Money amount={of.recorded_total_usd} />} />
          <Figure
            name="The vendor charges"
            value={<Money amount={of.vendor_total_usd} />}
            note={of.vendor_total_usd === null && "the export has no cost"}
          />
          <Figure
            name="Rows that part"
            value={count(of.flagged)}
            note={`of ${count(of.rows.length)}, by more than the threshold`}
          />
        </Figures>
        {of.flagged === 0 && of.rows.length > 0 && (
          <Notice>Nothing is flagged: the ledger and the bill agree within the threshold.</Notice>
        )}
        {of.notes.length > 0 && (
          <ul className={styles.notes}>
            {of.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
        <Table
          caption="Each unit of each model on both sides, flagged ones first"
          columns={COLUMNS}
          rows={flaggedFirst(of.rows)}
          keyOf={(one) => `${one.model} ${one.modality} ${one.unit}`}
          empty={
            <Empty title="Neither side has anything in this window.">
              <p>Check the provider and the days.</p>
            </Empty>
          }
        />
      </div>
    </Card>
  );
}

function Quantity({ of }: { of: string | null }) {
  if (of === null) return nothing;
  const shown = Number(of).toLocaleString("en-US", { maximumFractionDigits: 2 });
  return <span title={of}>{shown}</span>;
}

function Cost({ of }: { of: string | null }) {
  return of === null ? nothing : <Money amount={of} />;
}

/** The rows as they are shown, exact. */
function download(of: Reconciliation): void {
  const url = URL.createObjectURL(new Blob([csvOf(flaggedFirst(of.rows))], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `reconcile-${of.provider}-${isoDay(of.period.start, of.period.timezone)}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
