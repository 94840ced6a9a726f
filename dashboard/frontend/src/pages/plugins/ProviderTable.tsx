import type { ReactNode } from "react";
import { useConfigPath } from "~/api/access";
import { Button } from "~/design/controls";
import { Badge, Empty } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { Buttons } from "~/forms/Form";
import { OwnedByFile, ReadOnly, SourceBadge } from "~/resources/sources";
import styles from "./Plugins.module.css";
import { ProviderTest } from "./ProviderTest";
import { baseUrlOf, keyOf, type Provider, toneOf } from "./provider";

type Props = {
  providers: readonly Provider[];
  mayWrite: boolean;
  onEdit: (provider: Provider) => void;
  onDelete: (provider: Provider) => void;
  onSetUp: (id: string) => void;
};

const COLUMNS: readonly Column<Provider>[] = [
  { title: "Provider", heads: true, cell: (one) => one.id },
  { title: "Source", cell: (one) => <SourceBadge source={one.source} /> },
  { title: "Plugin", cell: (one) => <PluginOf provider={one} /> },
  { title: "Key", cell: (one) => <KeyOf provider={one} /> },
  {
    title: "Base URL",
    cell: (one) => <Or nothing="the vendor's">{baseUrlOf(one)}</Or>,
  },
  {
    title: "Enabled",
    cell: (one) => <Badge tone={one.enabled ? "good" : "warn"}>{one.enabled ? "on" : "off"}</Badge>,
  },
];

/** Providers that are configured, installed, or both. */
export function ProviderTable(props: Props) {
  const columns: Column<Provider>[] = [...COLUMNS];
  if (props.mayWrite) {
    columns.push(
      { title: "Test", cell: (one) => <ProviderTest id={one.id} /> },
      { title: "Change", right: true, cell: (one) => <Changes one={one} {...props} /> },
    );
  }
  const path = useConfigPath();
  return (
    <div className={styles.stack}>
      <OwnedByFile of={props.providers} path={path} />
      <Table
        caption="Providers, and how they are set up"
        columns={columns}
        rows={[...props.providers].sort(setUpFirst)}
        keyOf={(one) => one.id}
        empty={
          <Empty title="No provider is installed or set up.">
            <p>
              Install one, such as <code>pip install voicegw[all]</code>, and restart the server.
            </p>
          </Empty>
        }
      />
    </div>
  );
}

/** Those that are set up first. */
function setUpFirst(a: Provider, b: Provider): number {
  return Number(a.source === null) - Number(b.source === null) || a.id.localeCompare(b.id);
}

function PluginOf({ provider }: { provider: Provider }) {
  const { distribution, version, status } = provider;
  return (
    <>
      <Badge tone={toneOf(status)}>{status}</Badge>
      {distribution && (
        <div className="quiet">
          {distribution} {version}
        </div>
      )}
    </>
  );
}

function KeyOf({ provider }: { provider: Provider }) {
  const key = keyOf(provider);
  return key ? <code className={styles.key}>{key}</code> : <span className="quiet">none set</span>;
}

function Or({ nothing, children }: { nothing: string; children: ReactNode }) {
  return children ? (
    <span className={styles.url}>{children}</span>
  ) : (
    <span className="quiet">{nothing}</span>
  );
}

function Changes({ one, onEdit, onDelete, onSetUp }: Props & { one: Provider }) {
  if (one.source === "managed") {
    return (
      <Buttons>
        <Button aria-label={`Edit ${one.id}`} onClick={() => onEdit(one)}>
          Edit
        </Button>
        <Button look="danger" aria-label={`Delete ${one.id}`} onClick={() => onDelete(one)}>
          Delete
        </Button>
      </Buttons>
    );
  }
  if (one.source === "yaml") return <ReadOnly />;
  return (
    <Button aria-label={`Set up ${one.id}`} onClick={() => onSetUp(one.id)}>
      Set up
    </Button>
  );
}
