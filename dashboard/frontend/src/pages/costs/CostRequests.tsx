import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queries } from "~/api/queries";
import { Segments } from "~/design/controls";
import { Answer, Card } from "~/design/surfaces";
import { Table } from "~/design/Table";
import { useFilters } from "~/filters/Filters";
import type { Window } from "~/filters/window";
import { REQUEST_COLUMNS } from "~/pages/calls/requestColumns";
import styles from "./Costs.module.css";
import { narrowed } from "./costs";

const MOST = 25;
const WHICH = [
  ["all", "All"],
  ["unpriced", "Unpriced"],
] as const;

/** The newest of the requests that the costs above are made of. */
export function CostRequests({ window }: { window: Window }) {
  const [search, change] = useFilters();
  const unpriced = search.rows === "unpriced";
  const asked = { ...window, ...narrowed(search), limit: MOST };
  const found = useQuery(queries.logs(unpriced ? { ...asked, unpriced } : asked));
  return (
    <div id="requests">
      <Card
        title={unpriced ? "Requests without a price" : "Newest requests"}
        aside={
          <Segments
            label="Which requests"
            options={WHICH}
            value={unpriced ? "unpriced" : "all"}
            onChange={(which) => change({ rows: which === "all" ? undefined : which })}
          />
        }
      >
        <Answer of={found} what="requests">
          {(page) => (
            <>
              <Table
                caption="Requests"
                columns={REQUEST_COLUMNS}
                rows={page.rows}
                keyOf={(row) => row.id}
                empty={
                  <p className="quiet">
                    {unpriced ? "Every request has a price." : "There is no request."}
                  </p>
                }
              />
              {page.next_cursor && (
                <p className={styles.more}>
                  The newest {MOST}.{" "}
                  <Link to="/calls" search={{ ...narrowed(search), view: "requests" }}>
                    Go through all in Calls
                  </Link>
                </p>
              )}
            </>
          )}
        </Answer>
      </Card>
    </div>
  );
}
