import { type FocusEvent, type KeyboardEvent, useEffect, useRef } from "react";

const BARS = "[data-bar]";

/** One stop of Tab for all bars; the arrows go from bar to bar and from turn to turn. */
export function useBarKeys() {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const bars = [...(ref.current?.querySelectorAll<HTMLElement>(BARS) ?? [])];
    if (!bars.some((bar) => bar.tabIndex === 0)) bars[0]?.setAttribute("tabindex", "0");
  });
  return {
    ref,
    onFocus(event: FocusEvent<HTMLElement>) {
      for (const bar of event.currentTarget.querySelectorAll<HTMLElement>(BARS)) {
        bar.tabIndex = bar === event.target ? 0 : -1;
      }
    },
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const bar = event.target instanceof HTMLElement ? event.target : null;
      const next = bar?.matches(BARS) ? goal(event.currentTarget, bar, event.key) : undefined;
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    },
  };
}

function goal(chart: HTMLElement, bar: HTMLElement, key: string): HTMLElement | undefined {
  const bars = [...chart.querySelectorAll<HTMLElement>(BARS)];
  const here = bars.indexOf(bar);
  if (key === "Home") return bars[0];
  if (key === "End") return bars.at(-1);
  if (key === "ArrowRight") return bars[here + 1];
  if (key === "ArrowLeft") return bars[here - 1];
  const line = bar.closest("li");
  if (key === "ArrowDown") return bars.slice(here).find((one) => one.closest("li") !== line);
  if (key === "ArrowUp") return bars.slice(0, here).findLast((one) => one.closest("li") !== line);
  return undefined;
}
