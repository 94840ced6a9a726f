import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useConfigPath, useMay } from "~/api/access";
import { queries } from "~/api/queries";
import { Button, Segments } from "~/design/controls";
import { compare, minus } from "~/design/decimal";
import { count } from "~/design/format";
import { Card, Figure, Figures, Notice } from "~/design/surfaces";
import { Money, When } from "~/design/values";
import { useFilters } from "~/filters/Filters";
import { ownerOf } from "~/resources/sources";
import { BudgetEditor } from "./BudgetEditor";
import styles from "./Budgets.module.css";
import { StateBadge } from "./BudgetTable";
import { BurnDown } from "./BurnDown";
import { Holders } from "./Holders";
import { type Budget, effectOf, type Span, type Standing, standingOf, worse } from "./standing";

const SPANS = [
  ["day", "Today"],
  ["month", "This month"],
] as const satisfies readonly (readonly [Span, string])[];

const PERIODS = { day: "today", month: "month" } as const;

/** One project's budget over a day or a month. */
export function BudgetDetail({ budget }: { budget: Budget }) {
  const [search, change] = useFilters();
  const chosen = { today: "day", week: undefined, month: "month" } as const;
  const span: Span = (search.period && chosen[search.period]) ?? worse(budget);
  return (
    <>
      <Card
        title={budget.project}
        aside={
          <Segments
            label="Period of the budget"
            options={SPANS}
            value={span}
            onChange={(to) => change({ period: PERIODS[to] })}
          />
        }
      >
        <div className={styles.stack}>
          <Effects budget={budget} />
          <StandingFigures standing={standingOf(budget, span)} budget={budget} />
          <BurnDown budget={budget} span={span} />
          <p className="quiet">
            <Link
              to="/calls"
              search={{ view: "requests", project: budget.project, period: PERIODS[span] }}
            >
              The requests behind it
            </Link>
            , and{" "}
            <Link to="/costs" search={{ project: budget.project, period: PERIODS[span] }}>
              what they cost
            </Link>
            .
          </p>
          <Owner key={budget.project} budget={budget} />
        </div>
      </Card>
      <Holders budget={budget} />
    </>
  );
}

/** Why new calls are refused or sent elsewhere, and until when. */
function Effects({ budget }: { budget: Budget }) {
  const spans = SPANS.map(([span]) => span).filter((span) => effectOf(budget, span));
  return spans.map((span) => {
    const { resets, tone } = standingOf(budget, span);
    return (
      <Notice key={span} tone={tone}>
        {effectOf(budget, span)} It resets at <When time={resets} />.{" "}
        <Link to="/calls" search={{ view: "requests", project: budget.project, period: "today" }}>
          The requests of today
        </Link>
      </Notice>
    );
  });
}

function StandingFigures({ standing, budget }: { standing: Standing; budget: Budget }) {
  const { cap, left } = standing;
  const over = left !== null && compare(left, "0") < 0;
  const unpriced = budget.unpriced_today;
  return (
    <Figures>
      <Figure
        name="Spent"
        value={<Money amount={standing.spent} />}
        note={unpriced > 0 && `${count(unpriced)} calls of today have no known price`}
      />
      <Figure
        name="Reserved"
        value={<Money amount={standing.reserved} />}
        note="held by processes for their calls"
      />
      <Figure
        name={over ? "Over the cap by" : "Left"}
        value={left === null ? "–" : <Money amount={over ? minus("0", left) : left} />}
        note={
          <>
            resets <When time={standing.resets} />
          </>
        }
      />
      <Figure
        name="Cap"
        value={cap === null ? "none" : <Money amount={cap} />}
        note={
          <>
            <StateBadge standing={standing} /> at the cap: {budget.budget_action}
            {budget.throttle_stack && ` to ${budget.throttle_stack}`}
          </>
        }
      />
    </Figures>
  );
}

/** Where the budget can be changed: here, if it is managed. */
function Owner({ budget }: { budget: Budget }) {
  const { data } = useQuery(queries.projects());
  const [editing, setEditing] = useState(false);
  const mayWrite = useMay("write");
  const path = useConfigPath();
  const project = data?.find((one) => one.id === budget.project);
  if (project === undefined) return null;
  if (project.source !== "managed") {
    return (
      <p className="quiet">
        {ownerOf(project.source, path)} <Link to="/projects">Projects</Link>
      </p>
    );
  }
  if (editing) return <BudgetEditor project={project} onDone={() => setEditing(false)} />;
  return (
    mayWrite && (
      <div>
        <Button onClick={() => setEditing(true)}>Change the budget</Button>
      </div>
    )
  );
}
