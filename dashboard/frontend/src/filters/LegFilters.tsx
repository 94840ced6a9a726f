import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { SelectField } from "~/design/controls";
import { useFilters } from "./Filters";

/** The providers that this month's requests went to, and those that are configured. */
export function ProviderFilter() {
  const [search, change] = useFilters();
  const { data: costs } = useQuery(queries.costs({ period: "month", by: ["provider"] }));
  const { data: providers } = useQuery(queries.providers());
  const used = costs?.by_provider.map((one) => one.key) ?? [];
  const own = providers?.filter((one) => one.source !== null).map((one) => one.id) ?? [];
  return (
    <SelectField
      label="Provider"
      value={search.provider ?? ""}
      onChange={(event) => change({ provider: event.target.value || undefined, model: undefined })}
    >
      <option value="">All providers</option>
      <Options names={[...used, ...own, search.provider]} />
    </SelectField>
  );
}

/** The models that this month's requests went to. */
export function ModelFilter() {
  const [search, change] = useFilters();
  const { data: costs } = useQuery(queries.costs({ period: "month", by: ["model"] }));
  const used = costs?.by_model.map((one) => one.key) ?? [];
  const fitting = used.filter((one) => !search.provider || one?.startsWith(`${search.provider}/`));
  return (
    <SelectField
      label="Model"
      value={search.model ?? ""}
      onChange={(event) => change({ model: event.target.value || undefined })}
    >
      <option value="">All models</option>
      <Options names={[...fitting, search.model]} />
    </SelectField>
  );
}

function Options({ names }: { names: readonly (string | null | undefined)[] }) {
  const known = [...new Set(names.filter((one): one is string => Boolean(one)))].sort();
  return known.map((name) => <option key={name}>{name}</option>);
}
