import type { Schema } from "~/api/client";
import type { Tone } from "~/design/surfaces";

export type Key = Schema["Key"];

/** Whether a key still lets somebody in. */
export function stateOf(key: Key, now: number): { name: string; tone: Tone } {
  if (key.revoked_at !== null) return { name: "revoked", tone: "usual" };
  if (key.expires_at !== null && Date.parse(key.expires_at) <= now) {
    return { name: "expired", tone: "usual" };
  }
  return { name: "valid", tone: "good" };
}

export const LIFETIMES = [
  ["", "Never"],
  ["7", "In 7 days"],
  ["30", "In 30 days"],
  ["90", "In 90 days"],
  ["365", "In a year"],
] as const;

/** When a key made now expires; null: never. */
export function expiryOf(days: string, now: number): string | null {
  return days === "" ? null : new Date(now + Number(days) * 86_400_000).toISOString();
}
