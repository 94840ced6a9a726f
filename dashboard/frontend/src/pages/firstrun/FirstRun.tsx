import { useQuery } from "@tanstack/react-query";
import { queries } from "~/api/queries";
import { Notice } from "~/design/surfaces";
import styles from "./FirstRun.module.css";

const LINES = `from voicegateway import inference

session = AgentSession(
    stt=inference.STT("deepgram/nova-3:en"),
    llm=inference.LLM("openai/gpt-4.1-mini"),
    tts=inference.TTS("cartesia/sonic-3"),
)`;

/** What to do while the ledger is empty. The queries of the page are renewed by the first row. */
export function FirstRun() {
  const { data } = useQuery(queries.status());
  return (
    <div className={styles.start}>
      <h3>No call yet. Three lines make your agent's calls appear here.</h3>
      <p>
        Where your agent makes its <code>AgentSession</code>, take the three models from{" "}
        <code>inference</code>:
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, by keyboard as well */}
      <pre className={styles.code} tabIndex={0}>
        {LINES}
      </pre>
      <p>
        No agent at hand? <code>voicegw demo</code> holds a spoken conversation on local models.
        This page shows the first call by itself.
      </p>
      {data && <Ledger name={data.ledger.name} records={data.cost_tracking} />}
    </div>
  );
}

function Ledger({ name, records }: { name: string; records: boolean }) {
  if (!records) {
    return (
      <Notice tone="warn">
        Nothing is recorded: <code>cost_tracking.enabled</code> is false in the configuration.
      </Notice>
    );
  }
  return (
    <p className="quiet">
      The ledger looked at is <code>{name}</code>. An agent that writes to another one is not seen
      here: give both the same <code>VOICEGW_DB_PATH</code>.
    </p>
  );
}
