import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queries } from "~/api/queries";
import { StackedBars } from "~/charts/StackedBars";
import { Answer, Card, Page } from "~/design/surfaces";
import { useZone } from "~/design/values";
import { ProjectFilter, useFilters } from "~/filters/Filters";
import { keyName } from "~/pages/costs/costs";
import { FirstRun } from "~/pages/firstrun/FirstRun";
import { OpenedRequest } from "~/request/RequestDialog";
import { BudgetList } from "./BudgetList";
import { CostliestCalls, RunningCalls, SlowestAnswers } from "./CallLists";
import styles from "./Overview.module.css";
import { TodayFigures } from "./TodayFigures";
import { useOverview } from "./useOverview";

/** How today goes. */
export default function Overview() {
  const any = useQuery(queries.logs({ limit: 1 }));
  return (
    <Answer of={any} what="the ledger">
      {(page) =>
        page.rows.length === 0 ? (
          <Page title="Overview">
            <FirstRun />
          </Page>
        ) : (
          <Today />
        )
      }
    </Answer>
  );
}

function Today() {
  const [search] = useFilters();
  const zone = useZone().name;
  const asked = useOverview(search);
  const { project } = search;
  return (
    <>
      <Page
        title="Overview"
        lead={`Today since midnight, ${zone}, beside yesterday until the same time of day.`}
        tools={<ProjectFilter />}
      >
        <TodayFigures asked={asked} project={project} />
        <Card
          title="The last two weeks"
          aside={
            <Link to="/costs" search={{ project }}>
              All costs
            </Link>
          }
        >
          <Answer of={asked.series} what="the last two weeks">
            {(series) => (
              <StackedBars
                small
                series={series}
                label="Costs of the last two weeks by leg."
                nameOf={keyName}
              />
            )}
          </Answer>
        </Card>
        <div className={styles.pairs}>
          <BudgetList budgets={asked.budgets} project={project} />
          <RunningCalls running={asked.running} />
          <CostliestCalls today={asked.today} />
          <SlowestAnswers slowest={asked.slowest} />
        </div>
      </Page>
      <OpenedRequest />
    </>
  );
}
