import { useState } from "react";
import { api, bodyOf, type Schema } from "~/api/client";
import { TextField } from "~/design/controls";
import { Dialog } from "~/design/Dialog";
import { AreaField, CheckField } from "~/design/fields";
import { Form } from "~/forms/Form";
import { useDraft } from "~/forms/useDraft";
import { useSaving } from "~/forms/useSaving";
import {
  baseUrlOf,
  faultIn,
  keyOf,
  otherSettings,
  type Provider,
  providerChanges,
} from "./provider";

const FIELDS = ["id", "api_key", "base_url", "enabled"];

type Props = {
  /** The managed provider to change. */
  provider?: Provider | undefined;
  /** What a new one is to be called; undefined: to be typed. */
  id?: string | undefined;
  onClose: () => void;
};

/** A provider's key, address and own settings. A key goes to the server and never comes back. */
export function ProviderForm({ provider, id, onClose }: Props) {
  const { draft, bind } = useDraft({
    id: provider?.id ?? id ?? "",
    api_key: "",
    base_url: provider ? (baseUrlOf(provider) ?? "") : "",
    more: otherSettings(provider),
  });
  const [enabled, setEnabled] = useState(provider?.enabled ?? true);
  const [sent, setSent] = useState(false);
  const unsendable = faultIn(provider, draft.more);
  const saving = useSaving({
    send: () => save(provider, draft.id.trim(), providerChanges(provider, draft, enabled)),
    renews: ["providers", "plugins", "models", "audit", "status"],
    onSaved: onClose,
  });
  const title = provider ? `Provider ${provider.id}` : "Set up a provider";
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        label={title}
        fields={FIELDS}
        saving={saving}
        submit={provider ? "Save" : "Set it up"}
        onSubmit={() => {
          setSent(true);
          if (unsendable === undefined) saving.mutate();
        }}
        onCancel={onClose}
      >
        {(fault) => (
          <>
            {!provider && (
              <TextField
                label="Provider id"
                required
                hint="As the list of plugins has it."
                {...bind("id")}
                fault={fault("id")}
              />
            )}
            <TextField
              label={provider && keyOf(provider) ? "New API key" : "API key"}
              type="password"
              autoComplete="new-password"
              hint={keyHint(provider)}
              {...bind("api_key")}
              fault={fault("api_key")}
            />
            <TextField
              label="Base URL"
              type="url"
              hint="Empty: the vendor's own."
              {...bind("base_url")}
              fault={fault("base_url")}
            />
            <AreaField
              label="More settings of the plugin, as JSON"
              hint="What is shown as stars stays as it is, unless you write over it."
              {...bind("more")}
              fault={sent ? unsendable : undefined}
            />
            <CheckField
              label="Enabled"
              hint="Calls to a provider that is off are refused."
              checked={enabled}
              onChange={(event) => setEnabled(event.target.checked)}
              fault={fault("enabled")}
            />
          </>
        )}
      </Form>
    </Dialog>
  );
}

function keyHint(provider: Provider | undefined): string {
  const key = provider && keyOf(provider);
  if (key) return `There is one: ${key}. Leave this empty to keep it; it is never shown again.`;
  return "It is kept encrypted and never shown again.";
}

function save(provider: Provider | undefined, id: string, changes: Record<string, unknown>) {
  if (!provider) {
    const said = Object.entries(changes).filter(([, value]) => value !== null);
    const body = { id, ...Object.fromEntries(said) } as Schema["NewProvider"];
    return bodyOf(api.POST("/v1/providers", { body }));
  }
  return bodyOf(
    api.PATCH("/v1/providers/{provider_id}", {
      params: { path: { provider_id: provider.id } },
      body: changes as Schema["ProviderChanges"],
    }),
  );
}
