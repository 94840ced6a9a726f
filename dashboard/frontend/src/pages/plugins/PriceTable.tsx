import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queries } from "~/api/queries";
import { count } from "~/design/format";
import { Answer, Badge, Card, Empty, Notice } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import styles from "./Plugins.module.css";
import { isStale, listsOf, type PriceSource, STALE_DAYS, sourcesOf } from "./priceSources";

const SOURCE: Column<PriceSource> = {
  title: "Source",
  cell: (one) => <Source source={one} />,
};
const COLUMNS: readonly Column<PriceSource>[] = [
  { title: "Provider", heads: true, cell: (one) => one.provider },
  { title: "Rates", right: true, cell: (one) => count(one.rates) },
  { title: "Oldest look at", cell: (one) => one.checked_on ?? <span className="quiet">–</span> },
  {
    title: "Age",
    right: true,
    cell: (one) =>
      one.age_days === null ? <span className="quiet">–</span> : `${count(one.age_days)} days`,
  },
  {
    title: "State",
    cell: (one) => (
      <>
        <Badge tone={one.override ? "accent" : isStale(one) ? "warn" : "good"}>
          {one.override ? "your own" : isStale(one) ? "stale" : "fresh"}
        </Badge>{" "}
        {one.disputed > 0 && <Badge tone="warn">{one.disputed} disputed</Badge>}
      </>
    ),
  },
];

/** Where prices come from and how old they are. Asked for when opened: all plugins are loaded. */
export function PriceTable() {
  const [open, setOpen] = useState(false);
  const prices = useQuery({ ...queries.prices(), enabled: open });
  return (
    <Card title="Price sources and their age">
      <details className={styles.lazy} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Ask every plugin for its price list (this takes a few seconds)</summary>
        {open && (
          <Answer of={prices} what="the price lists">
            {({ rates, failed }) => (
              <div className={styles.stack}>
                {failed.map((one) => (
                  <Notice key={one.provider} tone="bad">
                    {one.provider} could not say its rates: {one.error}
                  </Notice>
                ))}
                <p className="quiet">
                  Stale: nobody has looked at the source for more than {STALE_DAYS} days. A newer
                  version of the plugin may have newer rates; rates of your own go into{" "}
                  <code>pricing.overrides</code>.
                </p>
                <Table
                  caption="Price lists, the oldest first"
                  columns={COLUMNS}
                  rows={listsOf(rates)}
                  keyOf={(one) => `${one.provider} ${one.override}`}
                  empty={<Empty title="No plugin has a price list." />}
                />
                <details className={styles.lazy}>
                  <summary>Every source</summary>
                  <Table
                    caption="Sources of prices, the oldest first"
                    columns={[...COLUMNS.slice(0, 1), SOURCE, ...COLUMNS.slice(1)]}
                    rows={sourcesOf(rates)}
                    keyOf={(one) => `${one.provider} ${one.source} ${one.url} ${one.override}`}
                  />
                </details>
              </div>
            )}
          </Answer>
        )}
      </details>
    </Card>
  );
}

function Source({ source }: { source: PriceSource }) {
  if (!/^https?:\/\//.test(source.url)) return <>{source.source}</>;
  return (
    <a href={source.url} target="_blank" rel="noreferrer noopener">
      {source.source || source.url}
    </a>
  );
}
