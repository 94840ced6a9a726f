import { isoDay } from "~/design/format";
import { type PeriodName, periodOf, type Search } from "./search";

/** A period as the API asks for it. */
export type Window = { period?: PeriodName; start?: string; end?: string };

const DAY_MS = 86_400_000;

/** Midnight of a day (`2026-11-22`) in a zone, in milliseconds since 1970. */
export function startOfDay(day: string, zone: string): number {
  const midnight = Date.parse(`${day}T00:00Z`);
  const near = midnight - offsetOf(midnight, zone);
  return midnight - offsetOf(near, zone);
}

function offsetOf(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  const name = format.formatToParts(at).find((one) => one.type === "timeZoneName")?.value ?? "";
  const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === "-" ? -size : size;
}

/** So many days later. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The first and the last day that the filters name, in a zone's calendar. */
export function daysOf(search: Search, zone: string, now: number): [string, string] {
  if (search.start && search.end) return [search.start, search.end];
  const today = isoDay(new Date(now), zone);
  if (search.period === "today") return [today, today];
  if (search.period === "week") {
    const weekday = (new Date(`${today}T00:00Z`).getUTCDay() + 6) % 7; // from Monday
    return [dayAfter(today, -weekday), today];
  }
  return [`${today.slice(0, 8)}01`, today];
}

/** What the filters name: by the ledger's calendar as they are, by another zone's as moments. */
export function windowOf(search: Search, zone: string, ledger: string, now: number): Window {
  if (zone === ledger) return periodOf(search);
  const [first, last] = daysOf(search, zone, now);
  return between(startOfDay(first, zone), startOfDay(dayAfter(last), zone));
}

/** The period before, as far as the present one has come: today until now goes with yesterday
 * until the same time of day. */
export function windowBefore(search: Search, zone: string, now: number): Window {
  const [first, last] = daysOf(search, zone, now);
  const start = startOfDay(first, zone);
  const minute = now - (now % 60_000);
  const passed = Math.max(60_000, Math.min(minute, startOfDay(dayAfter(last), zone)) - start);
  const begun = startOfDay(firstBefore(search, first, last), zone);
  return between(begun, Math.min(begun + passed, start));
}

function firstBefore(search: Search, first: string, last: string): string {
  if (search.start === undefined && (search.period ?? "month") === "month") {
    return `${dayAfter(first, -1).slice(0, 8)}01`;
  }
  if (search.start === undefined && search.period === "week") return dayAfter(first, -7);
  const days = Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS) + 1;
  return dayAfter(first, -days);
}

/** What the period before is called. */
export function nameOfBefore(search: Search): string {
  if (search.start) return "the days before";
  const names = {
    today: "yesterday, until this time of day",
    week: "last week, until this weekday and time",
    month: "last month, until this day and time",
  };
  return names[search.period ?? "month"];
}

/** Quarter-hours of a single day that still has them, else days. */
export function stepOf(search: Search, zone: string, now: number): "day" | "quarter_hour" {
  const [first, last] = daysOf(search, zone, now);
  const recent = dayAfter(isoDay(new Date(now), zone), -1);
  return first === last && first >= recent ? "quarter_hour" : "day";
}

function between(start: number, end: number): Window {
  const text = (at: number) => new Date(at).toISOString().replace(".000Z", "Z");
  return { start: text(start), end: text(end) };
}
