import { useState } from "react";
import { api, bodyOf, type Schema } from "~/api/client";
import { SelectField, TextField } from "~/design/controls";
import { Dialog } from "~/design/Dialog";
import { AreaField } from "~/design/fields";
import { FieldRow, Form } from "~/forms/Form";
import { useDraft } from "~/forms/useDraft";
import { useSaving } from "~/forms/useSaving";
import { BudgetFields } from "./BudgetFields";
import { LimitFields } from "./LimitFields";
import { draftOf, FIELDS, limitsOf, newProject, projectChanges } from "./settings";

type Props = {
  /** The managed project to change; without one, a new one is made. */
  project?: Schema["Project"] | undefined;
  /** What the new one is to be called. */
  id?: string | undefined;
  onClose: () => void;
};

/** All settings of a managed project. */
export function ProjectForm({ project, id, onClose }: Props) {
  const { draft, bind } = useDraft(draftOf(project, id));
  const [limits, setLimits] = useState(() => limitsOf(project));
  const saving = useSaving({
    send: () => save(project, { draft, limits }),
    renews: ["projects", "budgets", "audit", "status"],
    onSaved: onClose,
  });
  const title = project ? `Project ${project.id}` : "New project";
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        label={title}
        fields={FIELDS}
        saving={saving}
        submit={project ? "Save" : "Create the project"}
        onSubmit={() => saving.mutate()}
        onCancel={onClose}
      >
        {(fault) => (
          <>
            {!project && (
              <TextField
                label="Id"
                required
                hint="What agents name it by: project=&quot;…&quot;. It cannot be changed later."
                {...bind("id")}
                fault={fault("id")}
              />
            )}
            <FieldRow>
              <TextField label="Name" {...bind("name")} fault={fault("name")} />
              <TextField
                label="Usual stack"
                hint="One of the config's stacks."
                {...bind("default_stack")}
                fault={fault("default_stack")}
              />
            </FieldRow>
            <AreaField
              label="Description"
              rows={2}
              {...bind("description")}
              fault={fault("description")}
            />
            <BudgetFields bind={bind} fault={fault} />
            <FieldRow>
              <SelectField
                label="A call holds"
                hint="Of the budget, until its cost is known."
                {...bind("estimate")}
                fault={fault("estimate")}
              >
                <option value="typical">What such calls usually cost</option>
                <option value="bound">The most it can cost</option>
              </SelectField>
              <SelectField
                label="Models without a known price"
                {...bind("unpriced")}
                fault={fault("unpriced")}
              >
                <option value="allow">Let through</option>
                <option value="refuse">Refuse</option>
              </SelectField>
            </FieldRow>
            <LimitFields limits={limits} fault={fault("rate_limits")} onChange={setLimits} />
            <TextField
              label="Tags"
              hint="Separated by commas."
              {...bind("tags")}
              fault={fault("tags")}
            />
          </>
        )}
      </Form>
    </Dialog>
  );
}

type Edited = { draft: ReturnType<typeof draftOf>; limits: ReturnType<typeof limitsOf> };

function save(project: Schema["Project"] | undefined, edited: Edited) {
  if (!project) return bodyOf(api.POST("/v1/projects", { body: newProject(edited) }));
  const before = { draft: draftOf(project), limits: limitsOf(project) };
  return bodyOf(
    api.PATCH("/v1/projects/{project_id}", {
      params: { path: { project_id: project.id } },
      body: projectChanges(before, edited),
    }),
  );
}
