import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { Button } from "~/design/controls";
import { Empty } from "~/design/surfaces";
import { useFilters } from "~/filters/Filters";
import { FirstRun } from "~/pages/firstrun/FirstRun";

/** Nothing fits the filters, or there is nothing at all. */
export function NoCalls({ what }: { what: "calls" | "requests" }) {
  const [search, change] = useFilters();
  const any = useQuery(queries.logs({ limit: 1 }));
  if (any.data === undefined) return null;
  if (any.data.rows.length === 0) return <FirstRun />;
  const nothing = Object.fromEntries(Object.keys(search).map((name) => [name, undefined]));
  return (
    <Empty title={`No ${what} here.`}>
      <p>
        {search.session || search.search
          ? "No id in the ledger is like this one: look for a part of it among the calls."
          : "Others are in the ledger, but none that these filters let through."}
      </p>
      <Button onClick={() => change({ ...nothing, view: search.view })}>Clear filters</Button>
    </Empty>
  );
}
