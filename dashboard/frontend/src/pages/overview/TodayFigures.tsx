import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { percentileOf } from "~/charts/lines";
import { plus } from "~/design/decimal";
import { count } from "~/design/format";
import { Failure, Figure, Figures } from "~/design/surfaces";
import { Duration, Money } from "~/design/values";
import { changeOf } from "~/pages/costs/costs";
import { LegName } from "~/request/words";
import styles from "./Overview.module.css";
import type { useOverview } from "./useOverview";

type Asked = ReturnType<typeof useOverview>;

/** The day in six numbers, each beside what it is to be held against. */
export function TodayFigures({ asked, project }: { asked: Asked; project: string | undefined }) {
  const { today, yesterday, calls, callsYesterday, budgets, latency } = asked;
  const failed = [today, calls].find((one) => one.error);
  if (failed) return <Failure error={failed.error} retry={failed.refetch} />;
  const [costs, former] = [today.data, yesterday.data];
  const [talk, talkBefore] = [calls.data, callsYesterday.data];
  return (
    <Figures>
      <Figure
        name="Spent today"
        value={costs ? <Money amount={costs.total_usd} /> : "…"}
        note={
          <>
            <Capped of={ofProject(budgets.data, project)} />
            {costs && former && <Change now={costs.total_usd} before={former.total_usd} />}
          </>
        }
      />
      <Figure
        name="Calls today"
        value={talk ? count(talk.sessions) : "…"}
        note={
          talk && (
            <>
              {talkBefore && `${count(talkBefore.sessions)} by this time yesterday, `}
              <Link to="/calls" search={{ project }}>
                {count(talk.open_sessions)} running
              </Link>
            </>
          )
        }
      />
      <Figure
        name="A minute of call"
        value={talk ? <Rate talk={talk} /> : "…"}
        note={
          talkBefore?.cost_per_minute_usd && (
            <>
              <Money amount={talkBefore.cost_per_minute_usd} /> yesterday
            </>
          )
        }
      />
      <Figure
        name="Without a price"
        value={costs ? count(costs.unpriced_requests) : "…"}
        note={
          costs &&
          (costs.unpriced_requests > 0 ? (
            <Link
              to="/costs"
              hash="requests"
              search={{ period: "today", project, rows: "unpriced" }}
            >
              Show these requests
            </Link>
          ) : (
            `of ${count(costs.requests)} requests`
          ))
        }
      />
      <Figure
        name="First byte, p95"
        value={latency.data ? <Slow points={latency.data.points} /> : "…"}
        note={
          <Link to="/latency" search={{ period: "today" }}>
            of all projects
          </Link>
        }
      />
    </Figures>
  );
}

function Rate({ talk }: { talk: Schema["SessionTotals"] }) {
  if (talk.duration_seconds === 0) return "–";
  return <Money amount={talk.cost_per_minute_usd} />;
}

const ORDER = ["stt", "llm", "tts"];

function Slow({ points }: { points: readonly Schema["LatencyPoint"][] }) {
  const legs = [...points].sort((a, b) => ORDER.indexOf(a.modality) - ORDER.indexOf(b.modality));
  if (legs.length === 0) return "–";
  return (
    <span className={styles.legs}>
      {legs.map((one) => (
        <span key={one.modality}>
          <LegName modality={one.modality} /> <Duration ms={percentileOf(one.ms, "p95")} />
        </span>
      ))}
    </span>
  );
}

type Budgets = readonly Schema["Budget"][];

function ofProject(budgets: Budgets | undefined, project: string | undefined): Budgets {
  return (budgets ?? []).filter((one) => project === undefined || one.project === project);
}

/** What the projects with a daily budget have spent of it together. */
function Capped({ of }: { of: Budgets }) {
  const capped = of.filter((one) => one.daily_budget_usd !== null);
  if (capped.length === 0) return <Link to="/budgets">no daily budget</Link>;
  const sum = (amounts: readonly (string | null)[]) =>
    amounts.reduce<string>((all, one) => plus(all, one ?? "0"), "0");
  return (
    <>
      <Money amount={sum(capped.map((one) => one.spent_today_usd))} /> of{" "}
      <Money amount={sum(capped.map((one) => one.daily_budget_usd))} /> in{" "}
      <Link to="/budgets">daily budgets</Link>
    </>
  );
}

function Change({ now, before }: { now: string; before: string }) {
  const change = changeOf(now, before);
  return (
    <span className={styles.change}>
      {change && `${change}: `}
      <Money amount={before} /> by this time yesterday
    </span>
  );
}
