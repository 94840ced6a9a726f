import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "~/api/client";
import { TextField } from "~/design/controls";
import { Form } from "./Form";

afterEach(cleanup);

function shown(error: unknown, isPending = false) {
  const onSubmit = vi.fn();
  render(
    <Form
      label="Project"
      fields={["daily_budget"]}
      saving={{ isPending, error }}
      submit="Save"
      onSubmit={onSubmit}
    >
      {(fault) => <TextField label="Budget" hint="Empty: no cap." fault={fault("daily_budget")} />}
    </Form>,
  );
  return { field: screen.getByLabelText("Budget"), form: screen.getByRole("form"), onSubmit };
}

function descriptionOf(field: HTMLElement): string | null | undefined {
  return document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent;
}

describe("a form", () => {
  it("describes a field by its hint, and by its fault once it has one", () => {
    expect(descriptionOf(shown(null).field)).toBe("Empty: no cap.");
    cleanup();
    const faults = [{ where: "body.daily_budget", message: "Input should be a valid decimal" }];
    const { field } = shown(new ProblemError(422, "VALIDATION_ERROR", "…", { faults }));
    expect(descriptionOf(field)).toBe("Input should be a valid decimal.");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByRole("alert").textContent).toContain("Not saved");
  });

  it("says on its own what is about no field", () => {
    shown(new ProblemError(403, "FORBIDDEN", "This key may only read."));
    expect(screen.getByRole("alert").textContent).toBe("This key may only read.");
  });

  it("is not sent twice", () => {
    const { form, onSubmit } = shown(null, true);
    fireEvent.submit(form);
    expect(onSubmit).not.toHaveBeenCalled();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Saving…" }).disabled).toBe(true);
  });
});
