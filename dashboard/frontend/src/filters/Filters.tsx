import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { queries } from "~/api/queries";
import { Segments, SelectField, TextField } from "~/design/controls";
import type { Modality, PeriodName, Search } from "./search";

const PERIODS = [
  ["today", "Today"],
  ["week", "Week"],
  ["month", "Month"],
] as const satisfies readonly (readonly [PeriodName, string])[];

const MODALITIES = [
  ["stt", "Speech to text"],
  ["llm", "Language model"],
  ["tts", "Text to speech"],
] as const satisfies readonly (readonly [Modality, string])[];

/** The filters of the present page, and how to change some of them. `undefined` takes one away.
 * With other filters a list begins at its first page. */
export function useFilters(): [Search, (changes: Record<string, string | undefined>) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  return [
    search,
    (changes) => {
      void navigate({
        to: ".",
        search: ((before: Record<string, unknown>) => ({
          ...before,
          cursor: undefined,
          ...changes,
        })) as never,
        replace: true,
      });
    },
  ];
}

/** A calendar period of the ledger's zone, or a range of days. */
export function PeriodFilter() {
  const [search, change] = useFilters();
  const range = search.start !== undefined;
  return (
    <>
      <Segments
        label="Period"
        options={PERIODS}
        value={range ? undefined : (search.period ?? "month")}
        onChange={(period) => change({ period, start: undefined, end: undefined })}
      />
      <TextField
        label="From"
        type="date"
        value={search.start ?? ""}
        max={search.end}
        onChange={(event) => {
          const start = event.target.value || undefined;
          change({ start, end: start && (search.end ?? start), period: undefined });
        }}
      />
      <TextField
        label="To, included"
        type="date"
        value={search.end ?? ""}
        min={search.start}
        onChange={(event) => {
          const end = event.target.value || undefined;
          change({ end, start: end && (search.start ?? end), period: undefined });
        }}
      />
    </>
  );
}

export function ProjectFilter() {
  const [search, change] = useFilters();
  const { data } = useQuery(queries.projects());
  const names = data?.map((one) => one.id) ?? [];
  if (search.project && !names.includes(search.project)) names.push(search.project);
  return (
    <SelectField
      label="Project"
      value={search.project ?? ""}
      onChange={(event) => change({ project: event.target.value || undefined })}
    >
      <option value="">All projects</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </SelectField>
  );
}

export function ModalityFilter() {
  const [search, change] = useFilters();
  return (
    <SelectField
      label="Leg"
      value={search.modality ?? ""}
      onChange={(event) => change({ modality: event.target.value || undefined })}
    >
      <option value="">All legs</option>
      {MODALITIES.map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
