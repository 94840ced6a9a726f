import { Button } from "~/design/controls";
import { useFilters } from "./Filters";

const NAMES = [
  ["modality", "leg"],
  ["provider", "provider"],
  ["model", "model"],
  ["project", "project"],
] as const;

/** What was drilled down to, each to be taken away. */
export function Chosen() {
  const [search, change] = useFilters();
  return NAMES.map(([key, name]) => {
    const value = search[key];
    if (value === undefined) return null;
    return (
      <Button
        key={key}
        onClick={() => change({ [key]: undefined })}
        title={`All again: no ${name} chosen`}
      >
        {name} {value} <span aria-hidden="true">×</span>
        <span className="visually-hidden">, take away</span>
      </Button>
    );
  });
}
