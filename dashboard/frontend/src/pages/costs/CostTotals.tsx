import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { count } from "~/design/format";
import { Figure, Figures } from "~/design/surfaces";
import { Money } from "~/design/values";
import type { Search } from "~/filters/search";
import { nameOfBefore } from "~/filters/window";
import { changeOf } from "./costs";

type Props = { costs: Schema["Costs"]; before: Schema["Costs"] | undefined; search: Search };

/** The sum of the period, beside the one before. */
export function CostTotals({ costs, before, search }: Props) {
  const change = before && changeOf(costs.total_usd, before.total_usd);
  return (
    <Figures>
      <Figure
        name="Spent"
        value={<Money amount={costs.total_usd} />}
        note={costs.unpriced_requests > 0 && "known costs alone"}
      />
      <Figure
        name="The period before"
        value={before ? <Money amount={before.total_usd} /> : "–"}
        note={`${nameOfBefore(search)}${change ? `; now ${change}` : ""}`}
      />
      <Figure
        name="Requests"
        value={count(costs.requests)}
        note={before && `${count(before.requests)} before`}
      />
      <Figure
        name="Without a price"
        value={count(costs.unpriced_requests)}
        note={
          costs.unpriced_requests > 0 && (
            <Link to="." hash="requests" search={(now) => ({ ...now, rows: "unpriced" })}>
              Show them
            </Link>
          )
        }
      />
    </Figures>
  );
}
