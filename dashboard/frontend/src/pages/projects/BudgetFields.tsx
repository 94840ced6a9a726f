import { SelectField, TextField } from "~/design/controls";
import { FieldRow } from "~/forms/Form";
import type { useDraft } from "~/forms/useDraft";
import type { ProjectDraft } from "./settings";

export const BUDGET_FIELDS = [
  "daily_budget",
  "monthly_budget",
  "budget_action",
  "throttle_stack",
] as const satisfies readonly (keyof ProjectDraft)[];

type Props = {
  bind: ReturnType<typeof useDraft<ProjectDraft>>["bind"];
  fault: (field: string) => string | undefined;
};

/** What a project may spend, and what happens then. */
export function BudgetFields({ bind, fault }: Props) {
  return (
    <>
      <FieldRow>
        <TextField
          label="Budget a day, in dollars"
          inputMode="decimal"
          hint="Empty: no cap."
          {...bind("daily_budget")}
          fault={fault("daily_budget")}
        />
        <TextField
          label="Budget a month, in dollars"
          inputMode="decimal"
          hint="Empty: no cap."
          {...bind("monthly_budget")}
          fault={fault("monthly_budget")}
        />
      </FieldRow>
      <FieldRow>
        <SelectField label="At the cap" {...bind("budget_action")} fault={fault("budget_action")}>
          <option value="warn">Warn, and let calls go on</option>
          <option value="throttle">Send new calls to another stack</option>
          <option value="block">Refuse new calls</option>
        </SelectField>
        <TextField
          label="Stack for throttled calls"
          hint="One of the config's stacks."
          {...bind("throttle_stack")}
          fault={fault("throttle_stack")}
        />
      </FieldRow>
    </>
  );
}
