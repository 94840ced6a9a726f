import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { Answer, Card, Notice, Page } from "~/design/surfaces";
import { useFilters } from "~/filters/Filters";
import { BudgetDetail } from "./BudgetDetail";
import { BudgetTable } from "./BudgetTable";
import { type Budget, inTrouble } from "./standing";

export default function Budgets() {
  const budgets = useQuery(queries.budgets());
  const [{ project }] = useFilters();
  return (
    <Page
      title="Budgets"
      lead={
        budgets.data?.[0] && `Days and months are those of the ledger: ${budgets.data[0].timezone}.`
      }
    >
      <Answer of={budgets} what="the budgets">
        {(found) => {
          const chosen = chosenOf(found, project);
          return (
            <>
              <Card title="All projects">
                <BudgetTable budgets={found} chosen={chosen?.project} />
              </Card>
              {project !== undefined && chosen?.project !== project && (
                <Notice tone="warn">There is no project {project}.</Notice>
              )}
              {chosen && <BudgetDetail budget={chosen} />}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

/** The project of the URL, or the one that is worst off. */
function chosenOf(budgets: readonly Budget[], project: string | undefined): Budget | undefined {
  if (project !== undefined) return budgets.find((one) => one.project === project);
  return [...budgets].sort(inTrouble)[0];
}
