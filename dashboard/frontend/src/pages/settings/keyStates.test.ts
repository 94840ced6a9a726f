import { describe, expect, it } from "vitest";
import { expiryOf, type Key, stateOf } from "./keyStates";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const key = (changes: Partial<Key>) => ({ revoked_at: null, expires_at: null, ...changes }) as Key;

describe("keys", () => {
  it("are valid until they are revoked or expire", () => {
    expect(stateOf(key({}), NOW).name).toBe("valid");
    expect(stateOf(key({ expires_at: "2026-11-22T12:00:01Z" }), NOW).name).toBe("valid");
    expect(stateOf(key({ expires_at: "2026-11-22T12:00:00Z" }), NOW).name).toBe("expired");
    expect(stateOf(key({ revoked_at: "2026-11-01T00:00:00Z" }), NOW).name).toBe("revoked");
  });

  it("expire in so many days, or never", () => {
    expect(expiryOf("7", NOW)).toBe("2026-11-29T12:00:00.000Z");
    expect(expiryOf("", NOW)).toBeNull();
  });
});
