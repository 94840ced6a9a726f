import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { HeatMap } from "~/charts/HeatMap";
import { stepsOf } from "~/charts/steps";
import { Segments } from "~/design/controls";
import { Answer, Card, Empty, Page } from "~/design/surfaces";
import { useZone } from "~/design/values";
import { Chosen } from "~/filters/Chosen";
import { ModalityFilter, PeriodFilter, useFilters } from "~/filters/Filters";
import { ModelFilter, ProviderFilter } from "~/filters/LegFilters";
import { usePeriods } from "~/filters/useWindow";
import { OpenedRequest } from "~/request/RequestDialog";
import styles from "./Latency.module.css";
import { LatencyLines } from "./LatencyLines";
import { ModelTimes } from "./ModelTimes";
import { SlowestRequests } from "./SlowestRequests";

const MEASURES = [
  ["ttfb", "To the first byte"],
  ["duration", "In all"],
] as const;

/** How long the models took. */
export default function Latency() {
  const [search, change] = useFilters();
  const zone = useZone().name;
  const measure = search.measure ?? "ttfb";
  const { now, step } = usePeriods(search);
  const { provider, model, modality } = search;
  const series = useQuery(
    queries.latencySeries({ ...now, step, measure, provider, model, modality }),
  );
  return (
    <>
      <Page
        title="Latency"
        lead={`Of all projects together, percentiles to within 1 %. Times in ${zone}.`}
        tools={<PeriodFilter />}
      >
        <div className={styles.filters}>
          <ModalityFilter />
          <ProviderFilter />
          <ModelFilter />
        </div>
        <div className={styles.row}>
          <Segments
            label="Which time"
            options={MEASURES}
            value={measure}
            onChange={(to) => change({ measure: to === "ttfb" ? undefined : to })}
          />
          <Chosen />
        </div>
        <Answer of={series} what="latencies over time">
          {(found) => {
            if (found.points.length === 0) return <Nothing />;
            const shown = found.step === "day" ? found.period.timezone : zone;
            const steps = stepsOf(found, found.points, Date.now());
            return (
              <>
                <LatencyLines series={found} steps={steps} zone={shown} />
                <Card title="How many took how long">
                  <HeatMap cells={found.heat} steps={steps} step={found.step} zone={shown} />
                </Card>
              </>
            );
          }}
        </Answer>
        <ModelTimes window={now} measure={measure} />
        <SlowestRequests window={now} measure={measure} />
      </Page>
      <OpenedRequest />
    </>
  );
}

function Nothing() {
  return (
    <Empty title="Nothing was measured.">
      <p>No request of this period and these filters has this time: choose another period.</p>
    </Empty>
  );
}
