import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { queries } from "~/api/queries";
import { count } from "~/design/format";
import { Answer, Badge, Card, Notice } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { When } from "~/design/values";
import { Facts } from "~/forms/Form";
import styles from "./Settings.module.css";

type Writer = Schema["WriterStatus"];

const COLUMNS: readonly Column<Writer>[] = [
  { title: "Host", heads: true, cell: (one) => one.host },
  { title: "Process", right: true, cell: (one) => one.pid },
  { title: "Since", cell: (one) => <When time={one.opened_at} /> },
  {
    title: "State",
    cell: (one) => <Badge tone={one.live ? "good" : "usual"}>{one.live ? "live" : "ended"}</Badge>,
  },
  {
    title: "Lost records",
    right: true,
    cell: (one) => (one.lost > 0 ? <Badge tone="bad">{count(one.lost)}</Badge> : "0"),
  },
  {
    title: "Last error",
    cell: (one) => one.last_error ?? <span className="quiet">none</span>,
  },
];

/** Where the ledger is and how it is. */
export function LedgerCard() {
  const status = useQuery(queries.status());
  return (
    <Card title="Ledger and server">
      <Answer of={status} what="the ledger's state">
        {(found) => <State status={found} />}
      </Answer>
    </Card>
  );
}

function State({ status }: { status: Schema["Status"] }) {
  const { ledger } = status;
  return (
    <div className={styles.stack}>
      {ledger.error && (
        <Notice tone="bad">
          {ledger.error} Run <code>voicegw doctor</code> on the server: it says what to do.
        </Notice>
      )}
      {!status.cost_tracking && (
        <Notice tone="warn">
          Nothing is recorded: <code>cost_tracking</code> is off in the config.
        </Notice>
      )}
      {(ledger.lost ?? 0) > 0 && (
        <Notice tone="bad">
          {count(ledger.lost ?? 0)} records never reached the ledger; the writers below say why.
        </Notice>
      )}
      <Facts
        of={[
          ["Ledger", <code key="name">{ledger.name}</code>],
          [
            "State",
            <Badge key="ok" tone={ledger.ok ? "good" : "bad"}>
              {ledger.ok ? "healthy" : "cannot be read"}
            </Badge>,
          ],
          ["Its zone", ledger.timezone ?? "unknown"],
          ["Schema version", ledger.schema_version ?? "unknown"],
          ["Running requests", counted(ledger.open_requests)],
          ["Newest request", ledger.newest_at ? <When key="at" time={ledger.newest_at} /> : "none"],
          ["Lost records", counted(ledger.lost)],
          ["Config file", <code key="path">{status.config_path ?? "none: all defaults"}</code>],
          ["Version", status.version],
          [
            "Configured",
            <span key="configured">
              <Link to="/projects">{many(status.projects, "project", "projects")}</Link>,{" "}
              <Link to="/plugins">
                {many(status.providers.length, "provider", "providers")},{" "}
                {many(status.models, "alias", "aliases")}
              </Link>
            </span>,
          ],
        ]}
      />
      <div className={styles.wide}>
        <Table
          caption="Processes that write to the ledger, or lost records when they did"
          showCaption
          columns={COLUMNS}
          rows={ledger.writers}
          keyOf={(one) => `${one.host} ${one.pid} ${one.opened_at}`}
          empty={<p className="quiet">No process writes to it now.</p>}
        />
      </div>
    </div>
  );
}

function counted(value: number | null): string {
  return value === null ? "unknown" : count(value);
}

function many(value: number, one: string, several: string): string {
  return `${count(value)} ${value === 1 ? one : several}`;
}
