import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { isoDay } from "~/design/format";
import { useZone } from "~/design/values";
import type { Search } from "~/filters/search";
import { usePeriods } from "~/filters/useWindow";
import { dayAfter, startOfDay } from "~/filters/window";

const TODAY = { period: "today" } as const;
const DAYS = 14;
export const COSTLIEST = 6;

/** All that the overview asks, at once. */
export function useOverview({ project }: Search) {
  const zone = useZone().name;
  const { now, before } = usePeriods(TODAY);
  const days = lastDays(zone);
  return {
    today: useQuery(
      queries.costs({ ...now, project, by: ["modality", "session"], sessions: COSTLIEST }),
    ),
    yesterday: useQuery(queries.costs({ ...before, project, by: ["modality"] })),
    calls: useQuery(queries.sessionTotals({ ...now, project })),
    callsYesterday: useQuery(queries.sessionTotals({ ...before, project })),
    series: useQuery(queries.costSeries({ ...days, project, by: "modality" })),
    budgets: useQuery(queries.budgets()),
    latency: useQuery(queries.latencySeries({ ...TODAY, by: "modality" })),
    slowest: useQuery(queries.slowest({ ...now, project, limit: 5 })),
    running: useQuery(queries.sessions({ project, running: true, limit: 5 })),
  };
}

/** The last two weeks with today, until tomorrow's midnight. */
function lastDays(zone: string) {
  const today = isoDay(new Date(), zone);
  const [first, after] = [dayAfter(today, 1 - DAYS), dayAfter(today)];
  const text = (day: string) => new Date(startOfDay(day, zone)).toISOString();
  return { start: text(first), end: text(after) };
}
