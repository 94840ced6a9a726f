import type { Schema } from "~/api/client";
import { compare, minus, plus } from "~/design/decimal";
import type { Tone } from "~/design/surfaces";

export type Budget = Schema["Budget"];
export type Span = "day" | "month";

export type Standing = {
  cap: string | null;
  spent: string;
  /** What running calls and processes have set aside; it counts in either span. */
  reserved: string;
  /** Null without a cap. Negative once more was spent than the cap. */
  left: string | null;
  resets: string;
  state: "no cap" | "fine" | "near" | "held" | "spent";
  tone: Tone;
};

const NEAR = "0.8";

/** How a project stands against one of its caps. */
export function standingOf(budget: Budget, span: Span): Standing {
  const [cap, spent, resets] =
    span === "day"
      ? [budget.daily_budget_usd, budget.spent_today_usd, budget.day_ends]
      : [budget.monthly_budget_usd, budget.spent_this_month_usd, budget.month_ends];
  const reserved = budget.reserved_usd;
  const left = cap === null ? null : minus(minus(cap, spent), reserved);
  const state = stateOf(cap, spent, plus(spent, reserved));
  return { cap, spent, reserved, left, resets, state, tone: toneOf(state, budget.budget_action) };
}

function stateOf(cap: string | null, spent: string, taken: string): Standing["state"] {
  if (cap === null) return "no cap";
  if (compare(spent, cap) >= 0) return "spent";
  if (compare(taken, cap) >= 0) return "held";
  return shareOf(taken, cap) >= Number(NEAR) ? "near" : "fine";
}

function toneOf(state: Standing["state"], action: Budget["budget_action"]): Tone {
  if (state === "spent") return action === "block" ? "bad" : "warn";
  if (state === "held" || state === "near") return "warn";
  return state === "fine" ? "good" : "usual";
}

/** Of a cap, for drawing. A cap of 0 is all used up. */
export function shareOf(part: string, cap: string): number {
  const whole = Number(cap);
  return whole === 0 ? 1 : Number(part) / whole;
}

/** What happens to new calls now, and why; undefined if nothing does. */
export function effectOf(budget: Budget, span: Span): string | undefined {
  const { state } = standingOf(budget, span);
  const which = span === "day" ? "The budget of the day" : "The budget of the month";
  if (state !== "spent" && state !== "held") return undefined;
  const why = `${which} is ${state === "spent" ? "spent" : "spent or held by running calls"}`;
  return `${why}: ${CONSEQUENCES[budget.budget_action](budget.throttle_stack)}`;
}

const CONSEQUENCES: Record<Budget["budget_action"], (stack: string | null) => string> = {
  warn: () => "calls go on, since the action is warn.",
  throttle: (stack) =>
    stack === null
      ? "new calls that cost something are refused, since there is no stack to throttle to."
      : `new calls go to the stack ${stack}, or are refused if they cost something there.`,
  block: () => "new calls that cost something are refused.",
};

const ORDER: readonly Standing["state"][] = ["spent", "held", "near", "fine", "no cap"];

/** The span that stands worse. */
export function worse(budget: Budget): Span {
  const rank = (span: Span) => ORDER.indexOf(standingOf(budget, span).state);
  return rank("month") < rank("day") ? "month" : "day";
}

/** Those in trouble first, then those with a cap, then by name. */
export function inTrouble(a: Budget, b: Budget): number {
  const rank = (one: Budget) => ORDER.indexOf(standingOf(one, worse(one)).state);
  return rank(a) - rank(b) || a.project.localeCompare(b.project);
}
