import type { Schema } from "~/api/client";
import { Badge } from "~/design/surfaces";

type Source = Schema["Project"]["source"] | null;

const NAMES: Readonly<Record<string, string>> = {
  env: "environment",
  yaml: "config file",
  managed: "managed",
  default: "default",
  ledger: "ledger only",
};

/** Which layer of the configuration a thing comes from. */
export function SourceBadge({ source }: { source: Source }) {
  if (source === null) return <Badge>not set up</Badge>;
  return <Badge tone={source === "managed" ? "accent" : "usual"}>{NAMES[source] ?? source}</Badge>;
}

/** Why something cannot be changed here, and where it can. */
export function ownerOf(source: Source, configPath: string): string {
  switch (source) {
    case "yaml":
      return `It is in ${configPath}, which wins over managed settings: change it there.`;
    case "env":
      return "An environment variable sets it: change it there, or set it up here.";
    case "default":
      return "It is made by itself when nothing names it: create one of this name to give it settings.";
    case "ledger":
      return "Only recorded calls tell of it: create a project of this name to give it settings.";
    default:
      return "";
  }
}

/** Once above a table: which file owns those of its rows that cannot be changed here. */
export function OwnedByFile({ of, path }: { of: readonly { source: Source }[]; path: string }) {
  if (!of.some((one) => one.source === "yaml")) return null;
  return (
    <p className="quiet">
      Read-only here are those of the config file, which wins over managed settings. Change them in{" "}
      <code>{path}</code>.
    </p>
  );
}

export function ReadOnly() {
  return <span className="quiet">read-only</span>;
}
