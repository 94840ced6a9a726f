import { describe, expect, it } from "vitest";
import { faultIn, otherSettings, type Provider, providerChanges, settingsIn } from "./provider";

const acme = {
  id: "acme",
  enabled: true,
  settings: { api_key: "abcd...klmn", region: "****", base_url: "https://acme.example" },
} as unknown as Provider;

const draft = {
  id: "acme",
  api_key: "",
  base_url: "https://acme.example",
  more: otherSettings(acme),
};

describe("changes of a provider", () => {
  it("are none when nothing was typed: no key is sent that was only shown masked", () => {
    expect(providerChanges(acme, draft, true)).toEqual({});
  });

  it("have a new key, an emptied address as null, and whether it is on", () => {
    const after = { ...draft, api_key: " new-key ", base_url: "" };
    expect(providerChanges(acme, after, false)).toEqual({
      api_key: "new-key",
      base_url: null,
      enabled: false,
    });
  });

  it("have the plugin's own settings that changed, null for those taken out", () => {
    expect(providerChanges(acme, { ...draft, more: '{"plan": "pro"}' }, true)).toEqual({
      region: null,
      plan: "pro",
    });
  });

  it("need an object of JSON for the plugin's own settings", () => {
    expect(settingsIn(" ")).toEqual({});
    expect(settingsIn("{")).toMatch(/no JSON/);
    expect(settingsIn("[1]")).toMatch(/object/);
  });

  it("never put stars in a secret's place", () => {
    const settings = { usage_export: { api_key: "****", base_url: "https://a.example" } };
    const before = { ...acme, settings } as unknown as Provider;
    expect(faultIn(before, otherSettings(before))).toBeUndefined();
    const moved = otherSettings(before).replace("a.example", "b.example");
    expect(faultIn(before, moved)).toMatch(/usage_export: write its secrets out/);
    expect(faultIn(before, moved.replace("****", "a-new-key"))).toBeUndefined();
  });
});
