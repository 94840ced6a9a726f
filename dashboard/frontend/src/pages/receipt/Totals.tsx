import type { Schema } from "~/api/client";
import { count } from "~/design/format";
import { Figure, Figures } from "~/design/surfaces";
import { Duration, Money } from "~/design/values";

type Receipt = Schema["Receipt"];

/** The head of the receipt. Sums are of what has ended. */
export function Totals({ receipt, now }: { receipt: Receipt; now: number }) {
  const running = receipt.open_requests > 0;
  const length = running
    ? Math.max(0, now - Date.parse(receipt.started_at))
    : receipt.duration_seconds * 1000;
  return (
    <Figures>
      <Figure
        name="Cost"
        value={<Money amount={receipt.cost_usd} />}
        note={costNote(receipt, running)}
      />
      <Figure name="Duration" value={<Duration ms={length} />} note={running ? "so far" : ""} />
      <Figure name="Cost a minute" value={<Money amount={receipt.cost_per_minute_usd} />} />
      <Figure name="Turns" value={count(receipt.spoken_turns)} />
      <Figure name="Interruptions" value={count(receipt.interruptions)} />
      <Figure name="Retries" value={count(receipt.retries)} />
      <Figure name="Fallbacks" value={count(receipt.fallbacks)} />
      <Figure
        name="Unpriced"
        value={count(receipt.unpriced_requests)}
        note={`of ${count(receipt.requests)} requests`}
      />
    </Figures>
  );
}

function costNote(receipt: Receipt, running: boolean): string {
  const unpriced = receipt.unpriced_requests;
  const parts = [running && `so far, ${receipt.open_requests} running`];
  if (unpriced > 0 && receipt.cost_usd !== null) parts.push(`without ${unpriced} unpriced`);
  return parts.filter(Boolean).join(", ");
}
