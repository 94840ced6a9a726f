import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { ago, clock, count } from "~/design/format";
import { Answer, Card } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Duration, Money, When } from "~/design/values";
import { OpenRequest } from "~/request/OpenRequest";
import { SessionLink } from "~/request/RequestFields";
import { COSTLIEST } from "./useOverview";

type Session = Schema["SessionRow"];
type CostRow = Schema["CostRow"];
type Row = Schema["LogRow"];

const RUNNING: readonly Column<Session>[] = [
  { title: "Call", heads: true, cell: (row) => <SessionLink id={row.session_id} /> },
  { title: "Project", cell: (row) => row.project },
  {
    title: "Began",
    cell: (row) => row.started_at && <When time={row.started_at} as={(at) => ago(at)} />,
  },
  { title: "So far", right: true, cell: (row) => <Money amount={row.cost_usd} /> },
];

export function RunningCalls({ running }: { running: UseQueryResult<Schema["SessionPage"]> }) {
  return (
    <Card title="Running now" aside={<Link to="/calls">All calls</Link>}>
      <Answer of={running} what="running calls">
        {({ rows }) => (
          <Table
            caption="Calls that are running"
            columns={RUNNING}
            rows={rows}
            keyOf={(row) => row.session_id}
            empty={<p className="quiet">No call is running. One that begins appears by itself.</p>}
          />
        )}
      </Answer>
    </Card>
  );
}

const COSTLY: readonly Column<CostRow>[] = [
  { title: "Call", heads: true, cell: (row) => row.key && <SessionLink id={row.key} /> },
  { title: "Requests", right: true, cell: (row) => count(row.requests) },
  { title: "Cost", right: true, cell: (row) => <Money amount={row.cost_usd} /> },
];

export function CostliestCalls({ today }: { today: UseQueryResult<Schema["Costs"]> }) {
  return (
    <Card title="Costliest calls today">
      <Answer of={today} what="the costliest calls">
        {({ by_session }) => (
          <Table
            caption="The calls of today that cost most"
            columns={COSTLY}
            rows={by_session.filter((row) => row.key !== null).slice(0, COSTLIEST - 1)}
            keyOf={(row) => row.key ?? ""}
            empty={<p className="quiet">No call ended today.</p>}
          />
        )}
      </Answer>
    </Card>
  );
}

const SLOW: readonly Column<Row>[] = [
  {
    title: "Started",
    heads: true,
    cell: (row) => (
      <OpenRequest id={row.id}>
        <When time={row.started_at} as={clock} />
      </OpenRequest>
    ),
  },
  { title: "Model", cell: (row) => `${row.provider}/${row.model}` },
  { title: "First byte", right: true, cell: (row) => <Duration ms={row.ttfb_ms} /> },
];

type Slow = { slowest: UseQueryResult<Schema["Slowest"]> };

export function SlowestAnswers({ slowest }: Slow) {
  return (
    <Card
      title="Slowest first bytes today"
      aside={
        <Link to="/latency" search={{ period: "today" }}>
          Latency today
        </Link>
      }
    >
      <Answer of={slowest} what="the slowest requests">
        {({ rows }) => (
          <Table
            caption="The requests of today whose first byte took longest"
            columns={SLOW}
            rows={rows}
            keyOf={(row) => row.id}
            empty={<p className="quiet">Nothing was measured today.</p>}
          />
        )}
      </Answer>
    </Card>
  );
}
