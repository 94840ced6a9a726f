import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useConfigPath } from "~/api/access";
import { api, bodyOf, type Schema } from "~/api/client";
import { queries } from "~/api/queries";
import { Button } from "~/design/controls";
import { Answer, Badge, Card, Empty } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { DeleteDialog } from "~/forms/DeleteDialog";
import { Buttons } from "~/forms/Form";
import { OwnedByFile, ReadOnly, SourceBadge } from "~/resources/sources";
import { ModelForm } from "./ModelForm";
import styles from "./Plugins.module.css";

type Model = Schema["Model"];
type Open = { what: "new" } | { what: "edit" | "delete"; model: Model } | undefined;

const dash = <span className="quiet">–</span>;

const COLUMNS: readonly Column<Model>[] = [
  { title: "Alias", heads: true, cell: (one) => one.id },
  { title: "Source", cell: (one) => <SourceBadge source={one.source} /> },
  { title: "Model", cell: (one) => `${one.provider}/${one.model}` },
  { title: "Language", cell: (one) => one.language ?? dash },
  { title: "Voice", cell: (one) => one.voice ?? dash },
  {
    title: "Options",
    cell: (one) =>
      Object.keys(one.options).length > 0 ? <code>{JSON.stringify(one.options)}</code> : dash,
  },
  {
    title: "Provider",
    cell: (one) => <Badge tone={one.enabled ? "good" : "warn"}>{one.enabled ? "on" : "off"}</Badge>,
  },
];

/** Names of your own for models. */
export function ModelTable({ mayWrite }: { mayWrite: boolean }) {
  const models = useQuery(queries.models());
  const [open, setOpen] = useState<Open>();
  const path = useConfigPath();
  const change: Column<Model> = {
    title: "Change",
    right: true,
    cell: (one) => (
      <Changes
        model={one}
        onEdit={() => setOpen({ what: "edit", model: one })}
        onDelete={() => setOpen({ what: "delete", model: one })}
      />
    ),
  };
  return (
    <Card
      title="Model aliases"
      aside={mayWrite && <Button onClick={() => setOpen({ what: "new" })}>New alias</Button>}
    >
      <Answer of={models} what="the aliases">
        {(found) => (
          <div className={styles.stack}>
            <OwnedByFile of={found} path={path} />
            <Table
              caption="Aliases and the models that they stand for"
              columns={mayWrite ? [...COLUMNS, change] : COLUMNS}
              rows={found}
              keyOf={(one) => one.id}
              empty={
                <Empty title="There is no alias yet.">
                  <p>
                    An alias is a name of your own for a provider&apos;s model and its settings:
                    agents say it instead of <code>provider/model</code>, and it is changed in one
                    place.
                  </p>
                </Empty>
              }
            />
          </div>
        )}
      </Answer>
      <Opened open={open} close={() => setOpen(undefined)} />
    </Card>
  );
}

function Changes(props: { model: Model; onEdit: () => void; onDelete: () => void }) {
  const { model, onEdit, onDelete } = props;
  if (model.source !== "managed") return <ReadOnly />;
  return (
    <Buttons>
      <Button aria-label={`Edit ${model.id}`} onClick={onEdit}>
        Edit
      </Button>
      <Button look="danger" aria-label={`Delete ${model.id}`} onClick={onDelete}>
        Delete
      </Button>
    </Buttons>
  );
}

function Opened({ open, close }: { open: Open; close: () => void }) {
  if (open === undefined) return null;
  if (open.what === "new") return <ModelForm onClose={close} />;
  if (open.what === "edit") return <ModelForm model={open.model} onClose={close} />;
  const { id, modality, alias } = open.model;
  return (
    <DeleteDialog
      what={`alias ${id}`}
      remove={(confirm) =>
        bodyOf(
          api.DELETE("/v1/models/{modality}/{alias}", {
            params: { path: { modality, alias }, query: { confirm } },
          }),
        )
      }
      renews={["models", "audit", "status"]}
      onClose={close}
    />
  );
}
