import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { Answer, Card } from "~/design/surfaces";
import { Table } from "~/design/Table";
import { useFilters } from "~/filters/Filters";
import type { Window } from "~/filters/window";
import { REQUEST_COLUMNS } from "~/pages/calls/requestColumns";

const MOST = 10;
const SHOWN = ["Started", "Project", "Call", "Leg", "Model", "Outcome", "First byte", "Duration"];
const COLUMNS = REQUEST_COLUMNS.filter((one) => SHOWN.includes(one.title));

type Props = { window: Window; measure: "ttfb" | "duration" };

export function SlowestRequests({ window, measure }: Props) {
  const [{ provider, model, modality }] = useFilters();
  const found = useQuery(
    queries.slowest({ ...window, measure, provider, model, modality, limit: MOST }),
  );
  return (
    <Card title={measure === "ttfb" ? "Slowest first bytes" : "Longest requests"}>
      <Answer of={found} what="the slowest requests">
        {({ rows }) => (
          <Table
            caption="The slowest requests"
            columns={COLUMNS}
            rows={rows}
            keyOf={(row) => row.id}
            empty={<p className="quiet">Nothing was measured.</p>}
          />
        )}
      </Answer>
    </Card>
  );
}
