import { duration, money } from "~/design/format";
import { Badge } from "~/design/surfaces";
import { Duration, Money } from "~/design/values";
import { useOpenRequest } from "~/request/useOpenRequest";
import { LEGS, outcomeWord } from "~/request/words";
import styles from "./Turns.module.css";
import { interrupted, troubles } from "./troubles";
import { type Bar, firstIn, type Line, offset, placed } from "./waterfall";

type Props = { line: Line; end: number };

export function TurnLine({ line, end }: Props) {
  return (
    <li className={styles.line}>
      <TurnHead line={line} />
      <div className={styles.lanes}>
        {line.lanes.map((lane, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lanes have no other name
          <div key={`${lane.leg} ${n}`} className={styles.lane}>
            <span className={styles.leg} aria-hidden="true">
              {LEGS[lane.leg]}
            </span>
            <div className={styles.track}>
              {lane.bars.map((bar) => (
                <BarButton key={bar.row.id} bar={bar} end={end} turn={turnName(line)} />
              ))}
            </div>
          </div>
        ))}
        <Troubles line={line} />
      </div>
    </li>
  );
}

export function turnName({ number }: Pick<Line, "number">): string {
  return number === 0 ? "Beside the turns" : `Turn ${number}`;
}

function TurnHead({ line }: { line: Line }) {
  const { turn } = line;
  const running = turn.rows.some((row) => row.outcome === "open");
  return (
    <div className={styles.head}>
      <h3>
        {turnName(line)} <small className="quiet number">{offset(line.begins)}</small>
      </h3>
      <p className={styles.figures}>
        {(turn.cost_usd !== null || !running) && <Money amount={turn.cost_usd} />}
        {turn.first_audio_ms !== null && (
          <span title="From the turn's first request to the first speech">
            first audio <Duration ms={turn.first_audio_ms} />
          </span>
        )}
        {interrupted(turn.rows) && <Badge tone="warn">interrupted</Badge>}
        {running && <Badge tone="accent">running</Badge>}
      </p>
    </div>
  );
}

function Troubles({ line }: { line: Line }) {
  const said = troubles(line.turn.rows);
  if (said.length === 0) return null;
  return (
    <ul className={styles.troubles}>
      {said.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}

/** Opens the attempt. Wide enough to be hit however short it was. */
function BarButton({ bar, end, turn }: { bar: Bar; end: number; turn: string }) {
  const open = useOpenRequest();
  const first = firstIn(bar);
  const said = spoken(bar);
  return (
    <button
      type="button"
      data-bar
      tabIndex={-1}
      className={styles.bar}
      data-leg={bar.row.modality}
      data-outcome={bar.row.outcome}
      style={placed(bar, end)}
      title={said}
      aria-label={`${turn}, ${said}`}
      aria-haspopup="dialog"
      onClick={() => open(bar.row.id)}
    >
      {first !== undefined && <span className={styles.first} style={{ left: first }} />}
      <span className={styles.name}>
        {bar.row.provider}/{bar.row.model}
      </span>
    </button>
  );
}

function spoken({ row, from, to }: Bar): string {
  const parts = [
    `${LEGS[row.modality]} ${row.provider}/${row.model}`,
    outcomeWord(row.outcome),
    `after ${duration(from)}`,
    `for ${duration(to - from)}`,
    row.ttfb_ms !== null && `first output ${duration(row.ttfb_ms)} after its start`,
    row.attempt > 1 && `attempt ${row.attempt}`,
    row.fallback_from && `in place of ${row.fallback_from}`,
    row.error,
    row.outcome !== "open" && (row.cost_usd === null ? "price unknown" : money(row.cost_usd)),
  ];
  return parts.filter(Boolean).join(", ");
}
