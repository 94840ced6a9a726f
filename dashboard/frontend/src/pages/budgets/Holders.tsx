import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { Card } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Money, When } from "~/design/values";
import styles from "./Budgets.module.css";
import type { Budget } from "./standing";

const PROCESSES: readonly Column<Schema["Reservation"]>[] = [
  { title: "Host", heads: true, cell: (one) => one.host },
  { title: "Process", right: true, cell: (one) => one.pid },
  { title: "Reserved", right: true, cell: (one) => <Money amount={one.amount_usd} /> },
];

const CALLS: readonly Column<Schema["Running"]>[] = [
  { title: "Model", heads: true, cell: (one) => `${one.provider}/${one.model}` },
  { title: "Leg", cell: (one) => one.modality },
  {
    title: "Call",
    cell: (one) =>
      one.session_id === null ? (
        <span className="quiet">no session</span>
      ) : (
        <Link to="/calls/$session" params={{ session: one.session_id }}>
          {one.session_id}
        </Link>
      ),
  },
  { title: "Since", cell: (one) => <When time={one.started_at} /> },
  { title: "Holds", right: true, cell: (one) => <Money amount={one.held_usd} /> },
];

/** Which processes have reserved how much, and which running requests hold it. */
export function Holders({ budget }: { budget: Budget }) {
  return (
    <Card title={`Who holds what of ${budget.project}`}>
      <div className={styles.stack}>
        <Table
          caption="Processes that have reserved a part"
          showCaption
          columns={PROCESSES}
          rows={budget.reservations}
          keyOf={(one) => `${one.host} ${one.pid}`}
          empty={<p className="quiet">No process has reserved anything.</p>}
        />
        <Table
          caption="Running requests, those that hold most first"
          showCaption
          columns={CALLS}
          rows={budget.running}
          keyOf={(one) => one.id}
          empty={<p className="quiet">No request is running.</p>}
        />
      </div>
    </Card>
  );
}
