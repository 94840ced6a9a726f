import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { StackedBars } from "~/charts/StackedBars";
import { buttonClass, Segments } from "~/design/controls";
import { Answer, Card, Page } from "~/design/surfaces";
import { useZone } from "~/design/values";
import { Chosen } from "~/filters/Chosen";
import { ModalityFilter, PeriodFilter, ProjectFilter, useFilters } from "~/filters/Filters";
import { ModelFilter, ProviderFilter } from "~/filters/LegFilters";
import { usePeriods } from "~/filters/useWindow";
import { OpenedRequest } from "~/request/RequestDialog";
import { CostRequests } from "./CostRequests";
import { CostRows } from "./CostRows";
import styles from "./Costs.module.css";
import { CostTotals } from "./CostTotals";
import { drilled, exportLink, GROUPINGS, keyName, narrowed } from "./costs";

// All at once, so that another grouping is there without asking; sessions alone take long.
const ALL = GROUPINGS.map(([key]) => key);

/** What was spent, on what, and when. */
export default function Costs() {
  const [search, change] = useFilters();
  const zone = useZone().name;
  const by = search.by ?? "modality";
  const { now, before, step } = usePeriods(search);
  const scope = narrowed(search);
  const costs = useQuery(queries.costs({ ...now, ...scope, by: ALL }));
  const former = useQuery(queries.costs({ ...before, ...scope, by: ALL }));
  const series = useQuery(queries.costSeries({ ...now, ...scope, by, step }));
  return (
    <>
      <Page
        title="Costs"
        lead={`Requests that have ended. Times in ${zone}.`}
        tools={<PeriodFilter />}
      >
        <div className={styles.filters}>
          <ProjectFilter />
          <ModalityFilter />
          <ProviderFilter />
          <ModelFilter />
        </div>
        <div className={styles.chosen}>
          <Segments
            label="Stacked by"
            options={GROUPINGS}
            value={by}
            onChange={(to) => change({ by: to === "modality" ? undefined : to })}
          />
          <Chosen />
        </div>
        <Answer of={costs} what="the costs">
          {(found) => <CostTotals costs={found} before={former.data} search={search} />}
        </Answer>
        <Card title={step === "day" ? "Day by day" : "Quarter-hour by quarter-hour"}>
          <Answer of={series} what="costs over time">
            {(found) => (
              <StackedBars
                series={found}
                label={`Costs over time, stacked by ${by}.`}
                nameOf={keyName}
                onChoose={(key) => change(drilled(found.by, key))}
              />
            )}
          </Answer>
        </Card>
        <Answer of={costs} what="the costs by group">
          {(found) => <CostRows costs={found} before={former.data} by={by} />}
        </Answer>
        <div className={styles.chosen}>
          <a className={buttonClass()} href={exportLink(now, search, "csv")} download>
            Export these requests as CSV
          </a>
          <a className={buttonClass()} href={exportLink(now, search, "json")} download>
            As JSON
          </a>
        </div>
        <CostRequests window={now} />
      </Page>
      <OpenedRequest />
    </>
  );
}
