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
};
const APPLIES = {
  sessions: ["project", "search", "status"],
  requests: ["project", "modality", "provider", "model", "status", "session"],
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
        </>
      )}
      <StatusFilter outcomes={view === "sessions" ? ["open"] : OUTCOMES} />
      {narrowed && (
        <Button look="plain" onClick={() => change(NONE)}>
          Clear filters
        </Button>
      )}
    </div>
  );
}

function StatusFilter({ outcomes }: { outcomes: readonly (typeof OUTCOMES)[number][] }) {
  const [search, change] = useFilters();
  return (
    <SelectField
      label="Status"
      value={outcomes.find((one) => one === search.status) ?? ""}
      onChange={(event) => change({ status: event.target.value || undefined })}
    >
      <option value="">All</option>
      {outcomes.map((one) => (
        <option key={one} value={one}>
          {outcomeWord(one)}
        </option>
      ))}
    </SelectField>
  );
}
