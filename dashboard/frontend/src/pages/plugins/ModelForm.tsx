import { useState } from "react";
import { api, bodyOf, type Schema } from "~/api/client";
import { SelectField, TextField } from "~/design/controls";
import { Dialog } from "~/design/Dialog";
import { AreaField } from "~/design/fields";
import { FieldRow, Form } from "~/forms/Form";
import { changesOf, saidIn, useDraft } from "~/forms/useDraft";
import { useSaving } from "~/forms/useSaving";
import { settingsIn } from "./provider";

type Model = Schema["Model"];

const FIELDS = ["modality", "alias", "provider", "model", "language", "voice", "options"];

function draftOf(model: Model | undefined) {
  return {
    modality: model?.modality ?? "stt",
    alias: model?.alias ?? "",
    provider: model?.provider ?? "",
    model: model?.model ?? "",
    language: model?.language ?? "",
    voice: model?.voice ?? "",
    options:
      model && Object.keys(model.options).length > 0 ? JSON.stringify(model.options, null, 2) : "",
  };
}

type Draft = ReturnType<typeof draftOf>;

/** A name of your own for a provider's model and its settings. */
export function ModelForm({ model, onClose }: { model?: Model | undefined; onClose: () => void }) {
  const { draft, bind } = useDraft(draftOf(model));
  const [sent, setSent] = useState(false);
  const options = settingsIn(draft.options);
  const saving = useSaving({
    send: () => save(model, draft),
    renews: ["models", "audit", "status"],
    onSaved: onClose,
  });
  const title = model ? `Alias ${model.id}` : "New alias";
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        label={title}
        fields={FIELDS}
        saving={saving}
        submit={model ? "Save" : "Create the alias"}
        onSubmit={() => {
          setSent(true);
          if (typeof options !== "string") saving.mutate();
        }}
        onCancel={onClose}
      >
        {(fault) => (
          <>
            {!model && (
              <FieldRow>
                <SelectField label="Leg" {...bind("modality")} fault={fault("modality")}>
                  <option value="stt">Speech to text</option>
                  <option value="llm">Language model</option>
                  <option value="tts">Text to speech</option>
                </SelectField>
                <TextField label="Alias" required {...bind("alias")} fault={fault("alias")} />
              </FieldRow>
            )}
            <FieldRow>
              <TextField
                label="Provider"
                required
                {...bind("provider")}
                fault={fault("provider")}
              />
              <TextField label="Model" required {...bind("model")} fault={fault("model")} />
            </FieldRow>
            <FieldRow>
              <TextField label="Language" {...bind("language")} fault={fault("language")} />
              <TextField label="Voice" {...bind("voice")} fault={fault("voice")} />
            </FieldRow>
            <AreaField
              label="Options for the plugin, as JSON"
              {...bind("options")}
              fault={sent && typeof options === "string" ? options : fault("options")}
            />
          </>
        )}
      </Form>
    </Dialog>
  );
}

function save(model: Model | undefined, draft: Draft) {
  const options = settingsIn(draft.options);
  if (!model) {
    const { options: text, ...said } = saidIn(draft);
    const body = { ...said, ...(text ? { options } : {}) } as Schema["NewModel"];
    return bodyOf(api.POST("/v1/models", { body }));
  }
  const { options: changed, ...texts } = changesOf(draftOf(model), draft);
  const body = {
    ...texts,
    ...(changed === undefined ? {} : { options }),
  } as Schema["ModelChanges"];
  return bodyOf(
    api.PATCH("/v1/models/{modality}/{alias}", {
      params: { path: { modality: model.modality, alias: model.alias } },
      body,
    }),
  );
}
