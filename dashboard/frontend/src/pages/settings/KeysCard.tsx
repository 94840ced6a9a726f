import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useConfigPath, useMay } from "~/api/access";
import { api, bodyOf } from "~/api/client";
import { queries } from "~/api/queries";
import { Button } from "~/design/controls";
import { Dialog } from "~/design/Dialog";
import { Answer, Badge, Badges, Card, Empty, Failure } from "~/design/surfaces";
import { type Column, Table } from "~/design/Table";
import { When } from "~/design/values";
import { useSaving } from "~/forms/useSaving";
import { KeyForm } from "./KeyForm";
import { type Key, stateOf } from "./keyStates";

const COLUMNS: readonly Column<Key>[] = [
  { title: "Name", heads: true, cell: (one) => one.name },
  { title: "May", cell: (one) => <Scopes of={one.scopes} /> },
  { title: "State", cell: (one) => <State of={one} /> },
  { title: "Made", cell: (one) => <Maybe time={one.created_at} nothing="–" /> },
  { title: "Expires", cell: (one) => <Maybe time={one.expires_at} nothing="never" /> },
  {
    title: "Last used",
    cell: (one) => <Maybe time={one.last_used_at} nothing="not yet, or unknown" />,
  },
];

type Open = { what: "new" } | { what: "revoke"; key: Key } | undefined;

/** API keys, for those who may see them. */
export function KeysCard() {
  const isAdmin = useMay("admin");
  const keys = useQuery({ ...queries.keys(), enabled: isAdmin });
  const session = useQuery(queries.session());
  const [open, setOpen] = useState<Open>();
  if (!isAdmin) {
    return (
      <Card title="API keys">
        <p className="quiet">Only a key with the scope admin may see and make keys.</p>
      </Card>
    );
  }
  const revoke: Column<Key> = {
    title: "Change",
    right: true,
    cell: (one) => (
      <Revoke key={one.id} of={one} onRevoke={() => setOpen({ what: "revoke", key: one })} />
    ),
  };
  return (
    <Card
      title="API keys"
      aside={<Button onClick={() => setOpen({ what: "new" })}>New key</Button>}
    >
      <Answer of={keys} what="the keys">
        {(found) => (
          <Table
            caption="Keys and what they may do"
            columns={[...COLUMNS, revoke]}
            rows={found}
            keyOf={(one) => one.id}
            empty={
              <Empty title="There is no key yet.">
                <p>Without one the server answers this machine alone.</p>
              </Empty>
            }
          />
        )}
      </Answer>
      {open?.what === "new" && (
        <KeyForm first={session.data?.keys_exist === false} onClose={() => setOpen(undefined)} />
      )}
      {open?.what === "revoke" && <RevokeDialog of={open.key} onClose={() => setOpen(undefined)} />}
    </Card>
  );
}

export function Scopes({ of }: { of: readonly string[] }) {
  return (
    <Badges>
      {of.map((scope) => (
        <Badge key={scope}>{scope}</Badge>
      ))}
    </Badges>
  );
}

function State({ of }: { of: Key }) {
  const { name, tone } = stateOf(of, Date.now());
  return <Badge tone={tone}>{name}</Badge>;
}

function Maybe({ time, nothing }: { time: string | null; nothing: string }) {
  return time === null ? <span className="quiet">{nothing}</span> : <When time={time} />;
}

function Revoke({ of, onRevoke }: { of: Key; onRevoke: () => void }) {
  const path = useConfigPath();
  if (of.source === "yaml") return <span className="quiet">in {path}</span>;
  if (of.source === "env") return <span className="quiet">in the environment</span>;
  if (of.revoked_at !== null) return null;
  return (
    <Button look="danger" aria-label={`Revoke ${of.name}`} onClick={onRevoke}>
      Revoke
    </Button>
  );
}

function RevokeDialog({ of, onClose }: { of: Key; onClose: () => void }) {
  const revoking = useSaving({
    send: () => bodyOf(api.DELETE("/v1/keys/{id}", { params: { path: { id: of.id } } })),
    renews: ["keys", "audit", "session"],
    onSaved: onClose,
  });
  return (
    <Dialog
      title={`Revoke the key ${of.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" disabled={revoking.isPending} onClick={() => revoking.mutate()}>
            Revoke
          </Button>
        </>
      }
    >
      <p>
        Whoever uses it is shut out at once, and sessions of browsers that were opened with it end.
        It cannot be made valid again.
      </p>
      <p className="quiet">
        Last used: <Maybe time={of.last_used_at} nothing="not yet, or unknown" />.
      </p>
      {revoking.error && <Failure error={revoking.error} />}
    </Dialog>
  );
}
