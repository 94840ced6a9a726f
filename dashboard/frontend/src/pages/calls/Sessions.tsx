import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { queries } from "~/api/queries";
import { count, moment } from "~/design/format";
import { Short } from "~/design/Short";
import { Answer, Badge, Card } from "~/design/surfaces";
import type { Column } from "~/design/Table";
import { Duration, Money, When } from "~/design/values";
import { useFilters } from "~/filters/Filters";
import { useLiveRows } from "~/live/useLiveRows";
import { useNow } from "~/live/useNow";
import { useScrolledAway } from "~/live/useScrolledAway";
import { LiveList } from "./LiveList";
import { NoCalls } from "./NoCalls";

type Session = Schema["SessionRow"];
type Page = Schema["SessionPage"];

const PAGE = 50;
// Only the server knows which came first: a page of it is what there is.
const ORDER = { keyOf: (row: Session) => row.session_id, above: () => false, most: PAGE };

export function Sessions() {
  const [{ project, search, status, cursor }] = useFilters();
  const running = status === "open";
  const asked = { project, search, running: running || undefined, cursor, limit: PAGE };
  const answer = useQuery(queries.sessions(asked));
  return (
    <Card title={`${cursor ? "Older" : "Newest"} ${running ? "running calls" : "calls"}`}>
      <Answer of={answer} what="calls">
        {(page) => (
          <SessionList
            page={page}
            scope={JSON.stringify(asked)}
            settled={!answer.isPlaceholderData}
          />
        )}
      </Answer>
    </Card>
  );
}

type Props = { page: Page; scope: string; settled: boolean };

function SessionList({ page, ...asked }: Props) {
  const [top, holds] = useScrolledAway();
  const list = useLiveRows({ page: page.rows, order: ORDER, holds, ...asked });
  return (
    <LiveList
      caption="Calls"
      columns={COLUMNS}
      rows={list.rows}
      order={ORDER}
      waiting={list.waiting}
      fresh={list.fresh}
      next={page.next_cursor}
      empty={<NoCalls what="calls" />}
      top={top}
    />
  );
}

const COLUMNS: readonly Column<Session>[] = [
  {
    title: "Call",
    heads: true,
    cell: (row) => (
      <Link to="/calls/$session" params={{ session: row.session_id }} data-row>
        <Short>{row.session_id}</Short>
      </Link>
    ),
  },
  {
    title: "Started",
    cell: (row) => (row.started_at ? <When time={row.started_at} as={moment} /> : <span>–</span>),
  },
  { title: "Project", cell: (row) => row.project },
  { title: "Duration", right: true, cell: (row) => <Length row={row} /> },
  { title: "Cost", right: true, cell: (row) => <Money amount={row.cost_usd} /> },
  { title: "A minute", right: true, cell: (row) => <Money amount={row.cost_per_minute_usd} /> },
  { title: "Requests", right: true, cell: (row) => count(row.requests) },
  { title: "Open", right: true, cell: (row) => <Some number={row.open_requests} /> },
  {
    title: "Unpriced",
    right: true,
    cell: (row) =>
      row.unpriced_requests > 0 ? (
        <Badge tone="warn">{count(row.unpriced_requests)}</Badge>
      ) : (
        <Some number={0} />
      ),
  },
];

function Some({ number }: { number: number }) {
  return number > 0 ? count(number) : <span className="quiet">0</span>;
}

function Length({ row }: { row: Session }) {
  const seconds = row.duration_seconds;
  if (row.open_requests > 0) return <Running since={row.started_at} />;
  return <Duration ms={seconds === null ? null : seconds * 1000} />;
}

/** How long it has been going on. */
function Running({ since }: { since: string | null }) {
  const now = useNow(true);
  return (
    <>
      <Badge tone="accent">running</Badge>{" "}
      {since && <Duration ms={Math.max(0, now - Date.parse(since))} />}
    </>
  );
}
