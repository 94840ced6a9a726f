import { useQuery } from "@tanstack/react-query";
import type { Schema } from "~/api/client";
import { queries } from "~/api/queries";
import { Answer, Badge, Card, Empty, Notice } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import styles from "./Plugins.module.css";
import { toneOf } from "./provider";

type Plugin = Schema["Plugin"];

const COLUMNS: readonly Column<Plugin>[] = [
  { title: "Provider", heads: true, cell: (one) => one.provider },
  { title: "State", cell: (one) => <Badge tone={toneOf(one.status)}>{one.status}</Badge> },
  { title: "Distribution", cell: (one) => one.distribution },
  { title: "Version", cell: (one) => one.version },
  { title: "Entry point", cell: (one) => <code>{one.entry_point}</code> },
];

/** Every installed claim to a provider; what is broken in full. */
export function PluginTable() {
  const plugins = useQuery(queries.plugins());
  return (
    <Card title="Installed plugins">
      <Answer of={plugins} what="the plugins">
        {(found) => (
          <div className={styles.stack}>
            {found
              .filter((one) => one.error !== null)
              .map((one) => (
                <Broken key={`${one.provider} ${one.distribution}`} plugin={one} />
              ))}
            <Table
              caption="Plugins and their state"
              columns={COLUMNS}
              rows={found}
              keyOf={(one) => `${one.provider} ${one.distribution} ${one.entry_point}`}
              empty={
                <Empty title="No provider plugin is installed.">
                  <p>
                    Install one in the server&apos;s environment, such as{" "}
                    <code>pip install voicegw-deepgram</code>.
                  </p>
                </Empty>
              }
            />
          </div>
        )}
      </Answer>
    </Card>
  );
}

function Broken({ plugin }: { plugin: Plugin }) {
  return (
    <Notice tone="bad">
      <p>
        <strong>{plugin.provider}</strong> of {plugin.distribution} {plugin.version}{" "}
        {plugin.status === "conflict" ? "clashes with another distribution" : "cannot be used"}:
      </p>
      <pre className={styles.error}>{plugin.error}</pre>
    </Notice>
  );
}
