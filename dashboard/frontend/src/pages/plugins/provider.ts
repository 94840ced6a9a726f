import type { Schema } from "~/api/client";
import type { Tone } from "~/design/surfaces";

export type Provider = Schema["Provider"];

const TONES: Record<Provider["status"], Tone> = {
  available: "good",
  loaded: "good",
  disabled: "usual",
  conflict: "bad",
  error: "bad",
  missing: "warn",
};

export function toneOf(status: Provider["status"]): Tone {
  return TONES[status];
}

/** What the page may say of a key: its masked form, never more. */
export function keyOf(provider: Provider): string | null {
  const key = provider.settings.api_key;
  return typeof key === "string" && key !== "" ? key : null;
}

export function baseUrlOf(provider: Provider): string | null {
  const url = provider.settings.base_url;
  return typeof url === "string" ? url : null;
}

const OURS = new Set(["api_key", "base_url", "enabled"]);

/** Settings that are the plugin's own, as JSON to edit. What is masked in it stays as it is. */
export function otherSettings(provider: Provider | undefined): string {
  const rest = Object.entries(provider?.settings ?? {}).filter(([name]) => !OURS.has(name));
  return rest.length > 0 ? JSON.stringify(Object.fromEntries(rest), null, 2) : "";
}

export type ProviderDraft = { id: string; api_key: string; base_url: string; more: string };

type Settings = Record<string, unknown>;

/** An object of JSON, or why it is none. */
export function settingsIn(text: string): Settings | string {
  if (text.trim() === "") return {};
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) {
      return found as Settings;
    }
  } catch {
    return 'This is no JSON: write an object such as {"region": "eu"}.';
  }
  return 'An object is needed here, such as {"region": "eu"}.';
}

/** What is to be sent: a key only if a new one was typed, and of the plugin's own settings those
 * that changed, with null for those that were taken out. */
export function providerChanges(
  before: Provider | undefined,
  draft: ProviderDraft,
  enabled: boolean,
): Settings {
  const own = settingsIn(draft.more);
  const were = settingsIn(otherSettings(before));
  const changes: Settings =
    typeof own === "string" || typeof were === "string" ? {} : differing(were, own);
  if (draft.api_key.trim() !== "") changes.api_key = draft.api_key.trim();
  const url = draft.base_url.trim();
  if (url !== (before ? (baseUrlOf(before) ?? "") : "")) changes.base_url = url || null;
  if (enabled !== (before?.enabled ?? true)) changes.enabled = enabled;
  return changes;
}

function differing(before: Settings, after: Settings): Settings {
  const changes: Settings = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) {
      changes[name] = after[name] ?? null;
    }
  }
  return changes;
}

const MASKED = /^\*{4}$|\.{3}/;

/** Why the plugin's own settings cannot be sent: they are no object, or a group in which a secret is
 * only shown masked was changed, which would put the stars in the secret's place. */
export function faultIn(before: Provider | undefined, text: string): string | undefined {
  const [were, own] = [settingsIn(otherSettings(before)), settingsIn(text)];
  if (typeof own === "string") return own;
  if (typeof were === "string") return undefined;
  const changed = Object.entries(differing(were, own));
  const group = changed.find(
    ([, value]) => typeof value === "object" && leaves(value).some(isMasked),
  );
  return group && `${group[0]}: write its secrets out as well, since it is replaced as a whole.`;
}

const isMasked = (leaf: unknown) => typeof leaf === "string" && MASKED.test(leaf);

function leaves(value: unknown): unknown[] {
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap(leaves)
    : [value];
}
