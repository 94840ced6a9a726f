import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { useZone } from "~/design/values";
import type { Search } from "./search";
import { stepOf, type Window, windowBefore, windowOf } from "./window";

export type Periods = {
  /** What the filters name, and the stretch before it that it is compared with. */
  now: Window;
  before: Window;
  step: "day" | "quarter_hour";
};

/** The periods of the filters, in the zone that times are shown in. */
export function usePeriods(search: Search): Periods {
  const zone = useZone().name;
  const { data } = useQuery(queries.status());
  const now = Date.now();
  return {
    now: windowOf(search, zone, data?.timezone ?? zone, now),
    before: windowBefore(search, zone, now),
    step: stepOf(search, zone, now),
  };
}
