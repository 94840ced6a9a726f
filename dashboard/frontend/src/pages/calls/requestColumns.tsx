import type { Schema } from "~/api/client";
import { moment } from "~/design/format";
import { Short } from "~/design/Short";
import type { Column } from "~/design/Table";
import { Duration, Money, When } from "~/design/values";
import { OpenRequest } from "~/request/OpenRequest";
import { SessionLink } from "~/request/RequestFields";
import { UnitList } from "~/request/UnitList";
import { LegName, OutcomeBadge } from "~/request/words";

type Row = Schema["LogRow"];

export const REQUEST_COLUMNS: readonly Column<Row>[] = [
  {
    title: "Started",
    heads: true,
    cell: (row) => (
      <OpenRequest id={row.id} data-row>
        <When time={row.started_at} as={moment} />
      </OpenRequest>
    ),
  },
  { title: "Project", cell: (row) => row.project },
  { title: "Call", cell: (row) => row.session_id && <SessionLink id={row.session_id} /> },
  { title: "Leg", cell: (row) => <LegName modality={row.modality} /> },
  { title: "Model", cell: (row) => <Short>{`${row.provider}/${row.model}`}</Short> },
  { title: "Outcome", cell: (row) => <OutcomeBadge outcome={row.outcome} /> },
  { title: "Units", cell: (row) => <UnitList of={row.units} /> },
  { title: "Cost", right: true, cell: (row) => <Cost row={row} /> },
  { title: "First byte", right: true, cell: (row) => <Duration ms={row.ttfb_ms} /> },
  { title: "Duration", right: true, cell: (row) => <Duration ms={row.duration_ms} /> },
  { title: "Fallback, error", cell: (row) => <Trouble row={row} /> },
];

function Trouble({ row }: { row: Row }) {
  return (
    <>
      {row.fallback_from && <div>after {row.fallback_from}</div>}
      {row.error && <div>{row.error}</div>}
    </>
  );
}

/** Of one that runs, so far; nothing known yet is no unknown price. */
function Cost({ row }: { row: Row }) {
  if (row.outcome === "open" && row.cost_usd === null) return <span className="quiet">–</span>;
  return <Money amount={row.cost_usd} />;
}
