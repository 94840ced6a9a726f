import { useQuery } from "@tanstack/react-query";
import type { Schema } from "~/api/client";
import { queries } from "~/api/queries";
import { Answer, Card } from "~/design/surfaces";
import { useZone } from "~/design/values";
import { useFilters } from "~/filters/Filters";
import { windowOf } from "~/filters/window";
import { useLiveRows, useRows } from "~/live/useLiveRows";
import { useScrolledAway } from "~/live/useScrolledAway";
import { LiveList } from "./LiveList";
import { NoCalls } from "./NoCalls";
import { REQUEST_COLUMNS } from "./requestColumns";
import { askedFor, fits, NEWEST_FIRST } from "./requests";

type Asked = ReturnType<typeof askedFor>;

export function Requests() {
  const [search] = useFilters();
  const zone = useZone();
  const asked = askedFor(search, windowOf(search, zone.name, zone.ledger, Date.now()));
  const answer = useQuery(queries.logs(asked));
  return (
    <Card title={search.cursor ? "Older requests" : "Newest requests"}>
      <Answer of={answer} what="requests">
        {(page) => <RequestList page={page} asked={asked} settled={!answer.isPlaceholderData} />}
      </Answer>
    </Card>
  );
}

type Props = { page: Schema["LogPage"]; asked: Asked; settled: boolean };

function RequestList({ page, asked, settled }: Props) {
  const [top, away] = useScrolledAway();
  const list = useLiveRows({
    page: page.rows,
    scope: JSON.stringify(asked),
    settled,
    order: NEWEST_FIRST,
    holds: away,
  });
  useRows((row) => {
    const fit = fits(row, asked);
    if (settled && fit !== undefined) list.arrive(row, fit);
  });
  return (
    <LiveList
      caption="Requests"
      columns={REQUEST_COLUMNS}
      rows={list.rows}
      order={NEWEST_FIRST}
      waiting={list.waiting}
      fresh={list.fresh}
      next={page.next_cursor}
      empty={<NoCalls what="requests" />}
      top={top}
    />
  );
}
