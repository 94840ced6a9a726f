import type { Schema } from "~/api/client";
import { Button, SelectField } from "~/design/controls";
import { count } from "~/design/format";
import { Answer, Badge, Card, Empty, Page, type Tone } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { When } from "~/design/values";
import { useFilters } from "~/filters/Filters";
import styles from "./Audit.module.css";
import { Diff } from "./Diff";
import { useAuditPages } from "./useAuditPages";

type Entry = Schema["AuditEntry"];

const TONES: Readonly<Record<string, Tone>> = { create: "good", delete: "bad", update: "accent" };

const COLUMNS: readonly Column<Entry>[] = [
  { title: "When", cell: (one) => <When time={one.at} /> },
  { title: "Who", cell: (one) => one.actor },
  { title: "Did", cell: (one) => <Badge tone={TONES[one.action] ?? "usual"}>{one.action}</Badge> },
  { title: "To what", heads: true, cell: (one) => `${one.kind} ${one.resource}` },
  { title: "Change", cell: (one) => <Diff before={one.before} after={one.after} /> },
];

export default function Audit() {
  const pages = useAuditPages();
  const [search] = useFilters();
  return (
    <Page
      title="Audit log"
      lead="Every change of a managed resource and of a key: each line was written together with its change."
      tools={<AuditFilters entries={pages.data?.pages.flatMap((page) => page.rows) ?? []} />}
    >
      <Answer of={pages} what="the audit log">
        {(data) => {
          const loaded = data.pages.flatMap((page) => page.rows);
          const rows = loaded.filter((one) => fits(one, search));
          return (
            <Card title="Changes, newest first">
              <Table
                caption="Who changed what, and when"
                columns={COLUMNS}
                rows={rows}
                keyOf={(one) => String(one.id)}
                empty={<NoRows filtered={loaded.length > 0} more={pages.hasNextPage} />}
              />
              <div className={styles.more}>
                <span>
                  {count(rows.length)} of the {count(loaded.length)} loaded
                  {pages.hasNextPage
                    ? "; filters look through these alone."
                    : ": that is all there is."}
                </span>
                {pages.hasNextPage && (
                  <Button disabled={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
                    Load older ones
                  </Button>
                )}
              </div>
            </Card>
          );
        }}
      </Answer>
    </Page>
  );
}

type Wanted = { kind?: string; actor?: string };

function fits(entry: Entry, { kind, actor }: Wanted): boolean {
  return (kind ?? entry.kind) === entry.kind && (actor ?? entry.actor) === entry.actor;
}

function AuditFilters({ entries }: { entries: readonly Entry[] }) {
  const [{ kind, actor }, change] = useFilters();
  return (
    <>
      <Choice
        label="Kind"
        all="All kinds"
        values={entries.map((one) => one.kind)}
        value={kind}
        onChange={(chosen) => change({ kind: chosen })}
      />
      <Choice
        label="Who"
        all="Everybody"
        values={entries.map((one) => one.actor)}
        value={actor}
        onChange={(chosen) => change({ actor: chosen })}
      />
    </>
  );
}

type ChoiceProps = {
  label: string;
  all: string;
  values: readonly string[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
};

function Choice({ label, all, values, value, onChange }: ChoiceProps) {
  const names = [...new Set(value === undefined ? values : [...values, value])].sort();
  return (
    <SelectField
      label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{all}</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </SelectField>
  );
}

function NoRows({ filtered, more }: { filtered: boolean; more: boolean }) {
  if (!filtered) {
    return (
      <Empty title="Nothing was changed yet.">
        <p>
          What is created, edited or deleted here, by the API, by MCP or the command line is noted.
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="None of the loaded changes fits.">
      <p>{more ? "Load older ones, or choose fewer filters." : "Choose fewer filters."}</p>
    </Empty>
  );
}
