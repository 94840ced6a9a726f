import { useState } from "react";
import { api, bodyOf, type Schema } from "~/api/client";
import { Button, SelectField, TextField } from "~/design/controls";
import { Dialog } from "~/design/Dialog";
import { Notice } from "~/design/surfaces";
import { Form } from "~/forms/Form";
import styles from "~/forms/Form.module.css";
import { useDraft } from "~/forms/useDraft";
import { useSaving } from "~/forms/useSaving";
import { expiryOf, LIFETIMES } from "./keyStates";

const FIELDS = ["name", "scopes", "expires_at"];

/** Makes a key, and shows its token once. */
export function KeyForm({ first, onClose }: { first: boolean; onClose: () => void }) {
  const { draft, bind } = useDraft({ name: "", scope: first ? "admin" : "read", days: "" });
  const making = useSaving({
    send: () => make(draft, first),
    renews: ["keys", "audit", "session"],
    gcTime: 0, // the token is kept no longer than it is shown
  });
  const close = () => {
    making.reset();
    onClose();
  };
  if (making.data) return <Token made={making.data} onClose={close} />;
  return (
    <Dialog title="New API key" onClose={close}>
      <Form
        label="New API key"
        fields={FIELDS}
        saving={making}
        submit="Make the key"
        onSubmit={() => making.mutate()}
        onCancel={close}
      >
        {(fault) => (
          <>
            {first && (
              <Notice tone="warn">
                This is the first key: from then on everybody needs one. This browser is signed in
                with it at once; make it an admin&apos;s and keep its token for the next time.
              </Notice>
            )}
            <TextField
              label="Name"
              required
              hint="Who or what will use it: the audit log calls it by this name."
              {...bind("name")}
              fault={fault("name")}
            />
            <SelectField label="It may" {...bind("scope")} fault={fault("scopes")}>
              <option value="read">Read</option>
              <option value="write">Read, and change providers, models and projects</option>
              <option value="admin">Do all, keys included</option>
            </SelectField>
            <SelectField label="Expires" {...bind("days")} fault={fault("expires_at")}>
              {LIFETIMES.map(([days, name]) => (
                <option key={days} value={days}>
                  {name}
                </option>
              ))}
            </SelectField>
          </>
        )}
      </Form>
    </Dialog>
  );
}

type Draft = { name: string; scope: string; days: string };

/** The first key shuts out everybody without one, so this browser is signed in with it. */
async function make(draft: Draft, first: boolean): Promise<Schema["CreatedKey"]> {
  const made = await bodyOf(
    api.POST("/v1/keys", {
      body: {
        name: draft.name.trim(),
        scopes: [draft.scope as Schema["Scope"]],
        expires_at: expiryOf(draft.days, Date.now()),
      },
    }),
  );
  // If this fails the token can still be copied, and typed at the door.
  if (first) await api.POST("/v1/session", { body: { token: made.token } }).catch(() => undefined);
  return made;
}

function Token({ made, onClose }: { made: Schema["CreatedKey"]; onClose: () => void }) {
  const [copied, setCopied] = useState<"yes" | "no">();
  return (
    <Dialog
      title={`Key ${made.name}`}
      onClose={onClose}
      actions={
        <>
          <Button look="primary" onClick={() => copy(made.token).then(setCopied)}>
            Copy the token
          </Button>
          <Button onClick={onClose}>I have it</Button>
        </>
      }
    >
      <p>This is its token. It is shown this once and kept nowhere: copy it now.</p>
      <code className={styles.token}>{made.token}</code>
      <div role="status">
        {copied === "yes" && "Copied."}
        {copied === "no" && "This browser does not let pages copy here: select it and copy it."}
      </div>
    </Dialog>
  );
}

/** The clipboard is there over HTTPS and on this machine alone. */
async function copy(text: string): Promise<"yes" | "no"> {
  try {
    await navigator.clipboard.writeText(text);
    return "yes";
  } catch {
    return "no";
  }
}
