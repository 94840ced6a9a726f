import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { clock, count, day } from "~/design/format";
import { Answer, Empty } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Money, When } from "~/design/values";
import styles from "./Budgets.module.css";
import { BurnDownChart } from "./BurnDownChart";
import { drawn, type Step, stepsOf } from "./burndown";
import { ForecastText } from "./ForecastText";
import { forecastOf, type Stretch } from "./forecast";
import { type Budget, type Span, standingOf } from "./standing";
import { useNow } from "./useNow";

const SERIES = {
  day: { period: "today", step: "quarter_hour" },
  month: { period: "month", step: "day" },
} as const;

/** What is left of a budget over its period, and where that leads. */
export function BurnDown({ budget, span }: { budget: Budget; span: Span }) {
  const series = useQuery(
    queries.costSeries({ ...SERIES[span], project: budget.project, by: "project" }),
  );
  const now = useNow();
  const { cap, spent, resets } = standingOf(budget, span);
  return (
    <Answer of={series} what="what was spent over the period">
      {(found) => {
        const stretch: Stretch = {
          start: Date.parse(found.period.start),
          end: Date.parse(resets),
          now,
        };
        const forecast = forecastOf(spent, cap, stretch);
        const steps = stepsOf(found, now, cap);
        return (
          <div className={styles.stack}>
            <ForecastText
              forecast={forecast}
              cap={cap}
              stretch={stretch}
              blocks={budget.budget_action === "block"}
            />
            <BurnDownChart
              rows={drawn(steps, stretch, cap, forecast)}
              span={span}
              capped={cap !== null}
              label={`What is left of the budget of ${budget.project} over the ${span}; the table below has the same figures.`}
            />
            <StepTable steps={steps} span={span} />
          </div>
        );
      }}
    </Answer>
  );
}

function StepTable({ steps, span }: { steps: readonly Step[]; span: Span }) {
  return (
    <details className={styles.table}>
      <summary>The same as a table</summary>
      <Table
        caption={span === "day" ? "Quarter-hours with calls" : "Days with calls"}
        columns={span === "day" ? [QUARTER_HOUR, ...COLUMNS] : [DAY, ...COLUMNS]}
        rows={[...steps].reverse()}
        keyOf={(one) => String(one.from)}
        empty={<Empty title="No call of this project ended in this period." />}
      />
    </details>
  );
}

const iso = (time: number) => new Date(time).toISOString();

const QUARTER_HOUR: Column<Step> = {
  title: "Quarter-hour from",
  heads: true,
  cell: (one) => <When time={iso(one.from)} as={(time, zone) => clock(time, zone).slice(0, 5)} />,
};
const DAY: Column<Step> = {
  title: "Day",
  heads: true,
  cell: (one) => <When time={iso(one.from)} as={day} />,
};
const COLUMNS: readonly Column<Step>[] = [
  { title: "Cost", right: true, cell: (one) => <Money amount={one.cost} /> },
  { title: "Unpriced calls", right: true, cell: (one) => count(one.unpriced) },
  { title: "Spent until then", right: true, cell: (one) => <Money amount={one.spent} /> },
  {
    title: "Left of the cap",
    right: true,
    cell: (one) => (one.left === null ? "no cap" : <Money amount={one.left} />),
  },
];
