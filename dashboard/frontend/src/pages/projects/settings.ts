import type { Schema } from "~/api/client";
import { changesOf, saidIn } from "~/forms/useDraft";

export type Limit = {
  provider: string;
  requests_per_minute: string;
  concurrent_streams: string;
  on_limit: "raise" | "wait";
};

/** The names of the form's fields, as the API has them. */
export const FIELDS = [
  "id",
  "name",
  "description",
  "default_stack",
  "daily_budget",
  "monthly_budget",
  "budget_action",
  "throttle_stack",
  "estimate",
  "unpriced",
  "rate_limits",
  "tags",
] as const;

export type ProjectDraft = {
  id: string;
  name: string;
  description: string;
  default_stack: string;
  daily_budget: string;
  monthly_budget: string;
  budget_action: string;
  throttle_stack: string;
  estimate: string;
  unpriced: string;
  tags: string;
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export function draftOf(project: Schema["Project"] | undefined, id = ""): ProjectDraft {
  const settings = project?.settings ?? {};
  return {
    id: project?.id ?? id,
    name: project?.name ?? "",
    description: project?.description ?? "",
    default_stack: textOf(settings.default_stack),
    daily_budget: project?.daily_budget_usd ?? "",
    monthly_budget: project?.monthly_budget_usd ?? "",
    budget_action: project?.budget_action ?? "warn",
    throttle_stack: project?.throttle_stack ?? "",
    estimate: textOf(settings.estimate) || "typical",
    unpriced: textOf(settings.unpriced) || "allow",
    tags: project?.tags.join(", ") ?? "",
  };
}

export function limitsOf(project: Schema["Project"] | undefined): Limit[] {
  const found = (project?.settings.rate_limits ?? {}) as Record<string, Schema["RateLimit"]>;
  return Object.entries(found).map(([provider, one]) => ({
    provider,
    requests_per_minute: one.requests_per_minute?.toString() ?? "",
    concurrent_streams: one.concurrent_streams?.toString() ?? "",
    on_limit: one.on_limit ?? "raise",
  }));
}

/** As the API takes them. What is no number is sent as it is, for the API to say so. */
export function rateLimits(limits: readonly Limit[]): Record<string, Schema["RateLimit"]> {
  const named = limits.filter((one) => one.provider.trim() !== "");
  return Object.fromEntries(
    named.map((one) => [
      one.provider.trim(),
      {
        on_limit: one.on_limit,
        ...counted("requests_per_minute", one.requests_per_minute),
        ...counted("concurrent_streams", one.concurrent_streams),
      },
    ]),
  );
}

function counted(name: string, text: string): Record<string, number> {
  const value = text.trim();
  if (value === "") return {};
  return { [name]: (/^\d+$/.test(value) ? Number(value) : value) as number };
}

export function tagsOf(text: string): string[] {
  const tags = text.split(",").map((one) => one.trim());
  return tags.filter((one) => one !== "");
}

type Edited = { draft: ProjectDraft; limits: readonly Limit[] };

/** What a new project is: only what was said, so that a default stays one. */
export function newProject({ draft, limits }: Edited): Schema["NewProject"] {
  const { tags, ...said } = saidIn(draft);
  const usual = draftOf(undefined);
  const chosen = Object.entries(said).filter(([name, value]) => value !== usual[name as "id"]);
  return {
    ...Object.fromEntries(chosen),
    ...(tags ? { tags: tagsOf(tags) } : {}),
    ...(limits.length > 0 ? { rate_limits: rateLimits(limits) } : {}),
  } as Schema["NewProject"];
}

/** What of a project has changed. */
export function projectChanges(before: Edited, after: Edited): Schema["ProjectChanges"] {
  const { tags, ...texts } = changesOf(before.draft, after.draft);
  const [limits, were] = [rateLimits(after.limits), rateLimits(before.limits)];
  const limited = JSON.stringify(limits) !== JSON.stringify(were);
  return {
    ...texts,
    ...(tags === undefined ? {} : { tags: tagsOf(tags ?? "") }),
    ...(limited ? { rate_limits: limits } : {}),
  } as Schema["ProjectChanges"];
}
