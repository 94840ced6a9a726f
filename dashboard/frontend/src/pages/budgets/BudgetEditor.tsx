import { api, bodyOf, type Schema } from "~/api/client";
import { Form } from "~/forms/Form";
import { changesOf, useDraft } from "~/forms/useDraft";
import { useSaving } from "~/forms/useSaving";
import { BUDGET_FIELDS, BudgetFields } from "~/pages/projects/BudgetFields";
import { draftOf } from "~/pages/projects/settings";

/** The budget of a managed project, changed where it is shown. */
export function BudgetEditor({
  project,
  onDone,
}: {
  project: Schema["Project"];
  onDone: () => void;
}) {
  const { draft, bind } = useDraft(draftOf(project));
  const saving = useSaving({
    send: () =>
      bodyOf(
        api.PATCH("/v1/projects/{project_id}", {
          params: { path: { project_id: project.id } },
          body: changesOf(draftOf(project), draft) as Schema["ProjectChanges"],
        }),
      ),
    renews: ["budgets", "projects", "audit"],
    onSaved: onDone,
  });
  return (
    <Form
      label={`Budget of ${project.id}`}
      fields={BUDGET_FIELDS}
      saving={saving}
      submit="Save the budget"
      onSubmit={() => saving.mutate()}
      onCancel={onDone}
    >
      {(fault) => <BudgetFields bind={bind} fault={fault} />}
    </Form>
  );
}
