import { describe, expect, it } from "vitest";
import type { Schema } from "~/api/client";
import { draftOf, limitsOf, newProject, projectChanges } from "./settings";

const project = {
  id: "shop",
  name: "Shop",
  description: "",
  daily_budget_usd: "5.00",
  monthly_budget_usd: null,
  budget_action: "block",
  throttle_stack: null,
  tags: ["eu", "prod"],
  settings: {
    estimate: "bound",
    rate_limits: { acme: { requests_per_minute: 60, on_limit: "wait" } },
  },
} as unknown as Schema["Project"];

const edited = { draft: draftOf(project), limits: limitsOf(project) };

describe("a project's settings", () => {
  it("are read back as they are", () => {
    expect(projectChanges(edited, edited)).toEqual({});
    expect(edited.draft).toMatchObject({ estimate: "bound", unpriced: "allow", tags: "eu, prod" });
  });

  it("send an emptied budget as null, and amounts as the text that was typed", () => {
    const draft = { ...edited.draft, daily_budget: "", monthly_budget: "100.10" };
    expect(projectChanges(edited, { ...edited, draft })).toEqual({
      daily_budget: null,
      monthly_budget: "100.10",
    });
  });

  it("send tags as a list and limits whole", () => {
    const draft = { ...edited.draft, tags: "eu,, new" };
    const limits = edited.limits.map((one) => ({ ...one, concurrent_streams: "4" }));
    expect(projectChanges(edited, { draft, limits })).toEqual({
      tags: ["eu", "new"],
      rate_limits: { acme: { on_limit: "wait", requests_per_minute: 60, concurrent_streams: 4 } },
    });
    expect(projectChanges(edited, { ...edited, limits: [] })).toEqual({ rate_limits: {} });
  });

  it("leave defaults unsaid in a new project", () => {
    const draft = { ...draftOf(undefined), id: "new", monthly_budget: "9" };
    expect(newProject({ draft, limits: [] })).toEqual({ id: "new", monthly_budget: "9" });
  });
});
