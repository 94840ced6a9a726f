import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { plus } from "~/design/decimal";
import { Answer, Card, Empty } from "~/design/surfaces";
import { Bar } from "~/pages/budgets/Bar";
import { inTrouble, standingOf } from "~/pages/budgets/standing";
import styles from "./Overview.module.css";

type Budget = Schema["Budget"];
type Props = { budgets: UseQueryResult<Budget[]>; project: string | undefined };

/** How each project with a daily budget stands, those in trouble first, and the others together. */
export function BudgetList({ budgets, project }: Props) {
  return (
    <Card title="Budgets of today" aside={<Link to="/budgets">All budgets</Link>}>
      <Answer of={budgets} what="the budgets">
        {(found) => <Standings of={found.filter((one) => !project || one.project === project)} />}
      </Answer>
    </Card>
  );
}

function Standings({ of }: { of: readonly Budget[] }) {
  const capped = of.filter((one) => one.daily_budget_usd !== null).sort(inTrouble);
  const others = of.filter((one) => one.daily_budget_usd === null);
  if (capped.length === 0) {
    return (
      <Empty title="No daily budget.">
        <p>
          Give a project one under <Link to="/budgets">Budgets</Link>: it warns, or stops what goes
          on too long.
        </p>
      </Empty>
    );
  }
  return (
    <ul className={styles.list}>
      {capped.map((one) => (
        <li key={one.project}>
          <Link to="/budgets" search={{ project: one.project }}>
            {one.project}
          </Link>
          <Bar standing={standingOf(one, "day")} />
        </li>
      ))}
      {others.length > 0 && (
        <li>
          <span>{others.length === 1 ? others[0]?.project : `${others.length} others`}</span>
          <Bar standing={standingOf(together(others), "day")} />
        </li>
      )}
    </ul>
  );
}

/** Projects without a cap as if they were one. */
function together(budgets: readonly Budget[]): Budget {
  const sum = (amounts: readonly string[]) => amounts.reduce(plus, "0");
  return {
    ...(budgets[0] as Budget),
    spent_today_usd: sum(budgets.map((one) => one.spent_today_usd)),
    reserved_usd: sum(budgets.map((one) => one.reserved_usd)),
  };
}
