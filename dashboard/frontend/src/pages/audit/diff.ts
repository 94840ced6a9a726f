type Settings = Readonly<Record<string, unknown>> | null;

/** One setting that is not as it was. Undefined: it was not there. */
export type Difference = {
  /** `rate_limits.acme.on_limit`. */
  path: string;
  before: string | undefined;
  after: string | undefined;
};

/** What a change did, setting by setting, sorted by path. */
export function differences(before: Settings, after: Settings): Difference[] {
  const [were, are] = [leaves(before), leaves(after)];
  const paths = [...new Set([...were.keys(), ...are.keys()])].sort();
  return paths
    .map((path) => ({ path, before: were.get(path), after: are.get(path) }))
    .filter((one) => one.before !== one.after);
}

/** Settings by their path; a list and an empty group are one value. */
function leaves(of: Settings): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string) => {
    if (isGroup(value) && (Object.keys(value).length > 0 || path === "")) {
      for (const [name, inner] of Object.entries(value))
        walk(inner, path ? `${path}.${name}` : name);
    } else {
      found.set(path, shown(value));
    }
  };
  if (of !== null) walk(of, "");
  return found;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
