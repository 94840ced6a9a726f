import { Card } from "~/design/surfaces";
import styles from "./Settings.module.css";

const GUIDES = [
  ["docs/configuration.md", "every key of the config, and how keys are kept"],
  ["docs/server.md", "the server, its API keys, and which addresses it may listen on"],
  ["docs/budgets.md", "what a budget promises, and rate limits"],
  ["docs/reconcile.md", "the ledger beside the invoice"],
  ["docs/operators/README.md", "install, secure, back up, upgrade, monitor"],
] as const;

/** What this server serves besides these pages, and the guides of the project. */
export function LearnMore() {
  return (
    <Card title="Learn more">
      <ul className={styles.links}>
        <li>
          <a href="/openapi.json">The API&apos;s document</a> (OpenAPI), and{" "}
          <a href="/metrics">metrics</a> for Prometheus, both from this server
        </li>
        <li>
          <code>voicegw doctor</code> finds what is amiss; <code>voicegw --help</code> lists all
          commands
        </li>
        {GUIDES.map(([file, what]) => (
          <li key={file}>
            <code>{file}</code> of the project: {what}
          </li>
        ))}
      </ul>
    </Card>
  );
}
