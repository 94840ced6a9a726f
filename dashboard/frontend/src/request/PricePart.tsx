import type { Schema } from "~/api/client";
import { UNIT_NAMES } from "~/design/format";
import { Badge, Notice } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Money, When } from "~/design/values";
import styles from "./request.module.css";

type Row = Schema["Explanation"];
type Quote = Schema["Quote"];
type Line = Schema["QuoteLine"];

/** Why the request cost what it did, line by line. */
export function PricePart({ row }: { row: Row }) {
  return (
    <section className={styles.price}>
      <h3>Price</h3>
      {row.note && <Notice>{row.note}</Notice>}
      {row.quote && <QuoteTable quote={row.quote} caption="The price, line by line" />}
      {row.requotes.map((one) => (
        <div key={one.batch} className={styles.price}>
          <h3>
            Priced again <When time={one.made_at} />
          </h3>
          <p className="quiet">
            {one.reason}
            {one.rates_of && `, at the rates of ${one.rates_of}`}
            {!one.complete && ", not finished"}. The first price stays in the ledger.
          </p>
          <QuoteTable quote={one} caption={`The price of batch ${one.batch}, line by line`} />
        </div>
      ))}
    </section>
  );
}

const COLUMNS: readonly Column<Line>[] = [
  {
    title: "Unit",
    heads: true,
    cell: (line) => (
      <>
        {UNIT_NAMES[line.unit] ?? line.unit}
        {line.rule && <div className="quiet">{line.rule}</div>}
      </>
    ),
  },
  { title: "Quantity", right: true, cell: (line) => line.quantity },
  { title: "Billed", right: true, cell: (line) => line.billed },
  { title: "Rate", right: true, cell: (line) => `$${line.rate_usd} per ${line.per}` },
  { title: "Amount", right: true, cell: (line) => `$${line.amount_usd}` },
];

function QuoteTable({ quote, caption }: { quote: Quote; caption: string }) {
  return (
    <>
      {quote.lines.length > 0 && (
        <Table caption={caption} columns={COLUMNS} rows={quote.lines} keyOf={(one) => one.unit} />
      )}
      <p className={styles.total}>
        Together <Money amount={quote.cost_usd} />
        {quote.lines.length > 0 && quote.cost_usd !== null && <Checked agrees={quote.agrees} />}
        {quote.confidence !== "exact" && <Badge tone="warn">{quote.confidence}</Badge>}
      </p>
      {quote.unpriced.length > 0 && (
        <Notice tone="warn">
          Nobody has a rate for {quote.unpriced.map((one) => UNIT_NAMES[one] ?? one).join(", ")}:
          give one under <code>pricing.overrides</code>, then run <code>voicegw reprice</code>.
        </Notice>
      )}
      <Source quote={quote} />
    </>
  );
}

function Checked({ agrees }: { agrees: boolean }) {
  return agrees ? (
    <span className="quiet">multiplied out once more: the same to the last digit</span>
  ) : (
    <Badge tone="bad">the lines add up to something else</Badge>
  );
}

function Source({ quote }: { quote: Quote }) {
  if (!quote.source) return null;
  return (
    <p className="quiet">
      Source:{" "}
      {quote.source_url?.startsWith("https://") ? (
        <a href={quote.source_url} target="_blank" rel="noreferrer">
          {quote.source}
        </a>
      ) : (
        quote.source
      )}
      {quote.as_of && `, as of ${quote.as_of}`}
    </p>
  );
}
