import { Link } from "@tanstack/react-router";
import { Badge, Empty } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Money } from "~/design/values";
import { Bar } from "./Bar";
import styles from "./Budgets.module.css";
import { type Budget, inTrouble, type Standing, standingOf, worse } from "./standing";

const STATES: Record<Standing["state"], string> = {
  "no cap": "no cap",
  fine: "within budget",
  near: "nearly spent",
  held: "all of it held",
  spent: "spent",
};

export function StateBadge({ standing }: { standing: Standing }) {
  return <Badge tone={standing.tone}>{STATES[standing.state]}</Badge>;
}

/** How all projects stand; the worst first. */
export function BudgetTable({
  budgets,
  chosen,
}: {
  budgets: readonly Budget[];
  chosen: string | undefined;
}) {
  const columns: Column<Budget>[] = [
    {
      title: "Project",
      heads: true,
      cell: (one) => (
        <Link
          to="/budgets"
          search={(before) => ({ ...before, project: one.project })}
          className={one.project === chosen ? styles.chosen : undefined}
          aria-current={one.project === chosen ? "true" : undefined}
        >
          {one.project}
        </Link>
      ),
    },
    { title: "Today", cell: (one) => <Bar standing={standingOf(one, "day")} /> },
    { title: "This month", cell: (one) => <Bar standing={standingOf(one, "month")} /> },
    { title: "Reserved", right: true, cell: (one) => <Money amount={one.reserved_usd} /> },
    { title: "At the cap", cell: (one) => one.budget_action },
    { title: "State", cell: (one) => <StateBadge standing={standingOf(one, worse(one))} /> },
  ];
  return (
    <Table
      caption="What each project spent of its budgets"
      columns={columns}
      rows={[...budgets].sort(inTrouble)}
      keyOf={(one) => one.project}
      empty={
        <Empty title="There is no project yet.">
          <Link to="/projects">Create one and give it a budget</Link>
        </Empty>
      }
    />
  );
}
