import { describe, expect, it } from "vitest";
import { ProblemError } from "~/api/client";
import { faultsOf } from "./faults";

const FIELDS = ["id", "daily_budget", "default_stack", "rate_limits", "base_url", "provider"];

function refused(message: string, faults?: { where: string; message: string }[]) {
  return new ProblemError(422, "VALIDATION_ERROR", message, faults ? { faults } : {});
}

describe("faults of a form", () => {
  it("are none before anything was sent", () => {
    expect(faultsOf(null, FIELDS)).toEqual({ at: {}, rest: undefined });
  });

  it("stand at the fields that the API names", () => {
    const faults = [
      { where: "body.daily_budget", message: "Input should be a valid decimal" },
      { where: "body.rate_limits.acme.requests_per_minute", message: "Input should be 1 or more" },
    ];
    expect(faultsOf(refused("…", faults), FIELDS).at).toEqual({
      daily_budget: "Input should be a valid decimal.",
      rate_limits: "acme.requests_per_minute: Input should be 1 or more.",
    });
  });

  it("are found in a sentence that begins with the setting", () => {
    const said = "projects.support.default_stack: there is no stack 'nix' under stacks.";
    expect(faultsOf(refused(said), FIELDS)).toEqual({
      at: { default_stack: said },
      rest: undefined,
    });
    const named = "models.stt.quick.provider names the provider 'nope', which is not installed.";
    expect(faultsOf(refused(named), FIELDS).at).toEqual({ provider: named });
  });

  it("are found where the sentence names the setting early on", () => {
    const said = "This base_url is not used, since it leads to a link-local address.";
    expect(faultsOf(refused(said), FIELDS).at).toEqual({ base_url: said });
  });

  it("stand on top when they are about no field", () => {
    const said = "There is a project shop already: update it, or delete it first.";
    expect(faultsOf(refused(said), FIELDS)).toEqual({ at: {}, rest: said });
  });
});
