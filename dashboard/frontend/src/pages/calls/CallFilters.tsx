import { Button, SelectField } from "~/design/controls";
import { ModalityFilter, ProjectFilter, useFilters } from "~/filters/Filters";
import { IdSearch } from "~/filters/IdSearch";
import { ModelFilter, ProviderFilter } from "~/filters/LegFilters";
import { outcomeWord } from "~/request/words";
import styles from "./Calls.module.css";

const NONE = {
  project: undefined,
  modality: undefined,
  provider: undefined,
  model: undefined,
  status: undefined,
  session: undefined,
  search: undefined,
  period: undefined,
  start: undefined,
  end: undefined,
  rows: undefined,
};
const APPLIES = {
  sessions: ["project", "search", "status"],
  requests: [
    "project",
    "modality",
    "provider",
    "model",
    "status",
    "session",
    "period",
    "start",
    "rows",
  ],
} as const;
const OUTCOMES = ["open", "completed", "cancelled", "failed", "abandoned"] as const;

export function CallFilters({ view }: { view: "sessions" | "requests" }) {
  const [search, change] = useFilters();
  const narrowed = APPLIES[view].some((name) => search[name]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: `search` is younger than some browsers
    <div className={styles.filters} role="search">
      <IdSearch key={view} into={view === "sessions" ? "search" : "session"} />
      <ProjectFilter />
      {view === "requests" && (
        <>
          <ModalityFilter />
          <ProviderFilter />
          <ModelFilter />
          <PeriodChoice />
        </>
      )}
      <StatusFilter view={view} outcomes={view === "sessions" ? ["open"] : OUTCOMES} />
      {narrowed && (
        <Button look="plain" onClick={() => change(NONE)}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

type StatusProps = {
  view: "sessions" | "requests";
  outcomes: readonly (typeof OUTCOMES)[number][];
};

function StatusFilter({ view, outcomes }: StatusProps) {
  const [search, change] = useFilters();
  const unpriced = view === "requests" && search.rows === "unpriced";
  return (
    <SelectField
      label="Status"
      value={unpriced ? "unpriced" : (outcomes.find((one) => one === search.status) ?? "")}
      onChange={({ target: { value } }) =>
        change(
          value === "unpriced"
            ? { status: undefined, rows: value }
            : { status: value || undefined, rows: undefined },
        )
      }
    >
      <option value="">All</option>
      {outcomes.map((one) => (
        <option key={one} value={one}>
          {outcomeWord(one)}
        </option>
      ))}
      {view === "requests" && <option value="unpriced">without a price</option>}
    </SelectField>
  );
}

/** Without one, all times. A range of days is another page's to choose, and is kept. */
function PeriodChoice() {
  const [{ period, start, end }, change] = useFilters();
  return (
    <SelectField
      label="Period"
      value={start ? "range" : (period ?? "")}
      onChange={({ target: { value } }) =>
        change({ period: value || undefined, start: undefined, end: undefined })
      }
    >
      <option value="">All times</option>
      <option value="today">Today</option>
      <option value="week">This week</option>
      <option value="month">This month</option>
      {start && <option value="range">{`${start} to ${end}`}</option>}
    </SelectField>
  );
}
