import { type KeyboardEvent, useEffect } from "react";

const ROWS = "[data-row]";
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** `/` goes to the search; the arrows from row to row once one has the focus. */
export function useListKeys() {
  useEffect(() => {
    document.addEventListener("keydown", toSearch);
    return () => document.removeEventListener("keydown", toSearch);
  }, []);
  return (event: KeyboardEvent<HTMLElement>) => {
    const step = STEPS[event.key];
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>(ROWS) : null;
    if (step === undefined || row === null) return;
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(ROWS)];
    rows[rows.indexOf(row) + step]?.focus();
    event.preventDefault();
  };
}

function toSearch(event: globalThis.KeyboardEvent): void {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest("input, select, textarea, dialog")) {
    return;
  }
  event.preventDefault();
  document.querySelector<HTMLInputElement>("[data-search]")?.focus();
}
