import { Segments } from "~/design/controls";
import { Page } from "~/design/surfaces";
import { useZone } from "~/design/values";
import { useFilters } from "~/filters/Filters";
import { OpenedRequest } from "~/request/RequestDialog";
import { CallFilters } from "./CallFilters";
import { Requests } from "./Requests";
import { Sessions } from "./Sessions";
import { useListKeys } from "./useListKeys";

const VIEWS = [
  ["sessions", "Calls"],
  ["requests", "Requests"],
] as const;

/** What happens: whole calls, or each single request to a provider. */
export default function Calls() {
  const [search, change] = useFilters();
  const zone = useZone();
  const keys = useListKeys();
  const view = search.view ?? "sessions";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows go from row to row, beside Tab
    <div onKeyDown={keys}>
      <Page
        title="Calls"
        lead={`${LEADS[view]} Times in ${zone.name}.`}
        tools={
          <Segments
            label="List"
            options={VIEWS}
            value={view}
            onChange={(to) => change(CHANGES[to])}
          />
        }
      >
        <CallFilters view={view} />
        {view === "sessions" ? <Sessions /> : <Requests />}
      </Page>
      <OpenedRequest />
    </div>
  );
}

const LEADS = {
  sessions: "Each conversation with its cost, newest first.",
  requests: "Each attempt at a provider, newest first.",
} as const;

/** The project applies to both lists; what only the other understands is taken away. */
const CHANGES = {
  requests: { view: "requests", search: undefined, status: undefined },
  sessions: {
    view: undefined,
    modality: undefined,
    provider: undefined,
    model: undefined,
    session: undefined,
    status: undefined,
    period: undefined,
    start: undefined,
    end: undefined,
    rows: undefined,
  },
} as const;
