import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schema } from "~/api/client";
import { queries } from "~/api/queries";
import { percentileOf, percentilesIn } from "~/charts/lines";
import { count } from "~/design/format";
import { Answer, Card } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Duration } from "~/design/values";
import { useFilters } from "~/filters/Filters";
import type { Search } from "~/filters/search";
import type { Window } from "~/filters/window";
import { LegName } from "~/request/words";

type Model = Schema["ModelLatency"];
type Props = { window: Window; measure: "ttfb" | "duration" };

/** Each model over the whole period; its name narrows the page down to it. */
export function ModelTimes({ window, measure }: Props) {
  const [search] = useFilters();
  const found = useQuery(queries.latency({ ...window, modality: search.modality }));
  return (
    <Card title="Each model over the whole period">
      <Answer of={found} what="each model's latency">
        {({ models }) => {
          const rows = models.filter((one) => fits(one, search) && timesOf(one, measure).count > 0);
          const names = percentilesIn(rows.map((one) => ({ ms: timesOf(one, measure) })));
          return (
            <Table
              caption="Latency of each model"
              columns={columnsOf(names, measure)}
              rows={rows}
              keyOf={(one) => `${one.provider}/${one.model} ${one.modality}`}
              empty={<p className="quiet">Nothing was measured.</p>}
            />
          );
        }}
      </Answer>
    </Card>
  );
}

function timesOf(model: Model, measure: Props["measure"]): Schema["Percentiles"] {
  return measure === "ttfb" ? model.ttfb_ms : model.duration_ms;
}

function fits(one: Model, { provider, model }: Search): boolean {
  const named = model === undefined || [one.model, `${one.provider}/${one.model}`].includes(model);
  return named && (provider === undefined || provider === one.provider);
}

function columnsOf(names: readonly string[], measure: Props["measure"]): Column<Model>[] {
  return [
    { title: "Model", heads: true, cell: (one) => <Narrow to={one} /> },
    { title: "Leg", cell: (one) => <LegName modality={one.modality} /> },
    ...names.map((name) => ({
      title: name,
      right: true,
      cell: (one: Model) => <Duration ms={percentileOf(timesOf(one, measure), name)} />,
    })),
    { title: "Requests", right: true, cell: (one) => count(timesOf(one, measure).count) },
  ];
}

function Narrow({ to }: { to: Model }) {
  const name = `${to.provider}/${to.model}`;
  const changes = { model: name, modality: to.modality };
  return (
    <Link to="." search={(before) => ({ ...before, ...changes })}>
      {name}
    </Link>
  );
}
