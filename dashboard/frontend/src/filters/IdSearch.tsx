import { useState } from "react";
import { TextField } from "~/design/controls";
import { useOpenRequest } from "~/request/useOpenRequest";
import { useFilters } from "./Filters";

const REST_MS = 250;
const REQUEST = /^[0-9A-HJKMNP-TV-Z]{26}-\d{1,9}$/i;

/** Finds a session by a part of its id while it is typed; a request's whole id opens it. Where
 * requests are listed, a session's id is wanted whole. */
export function IdSearch({ into }: { into: "search" | "session" }) {
  const [search, change] = useFilters();
  const open = useOpenRequest();
  const applied = search[into];
  const [kept, setKept] = useState({ applied, text: applied ?? "" });
  const [timer, setTimer] = useState<ReturnType<typeof setTimeout>>();
  if (kept.applied !== applied) setKept({ applied, text: applied ?? "" });

  const apply = (text: string) => {
    const wanted = text.trim();
    if (REQUEST.test(wanted)) open(wanted.toUpperCase());
    else if (wanted !== (applied ?? "")) change({ [into]: wanted || undefined });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        clearTimeout(timer);
        apply(kept.text);
      }}
    >
      <TextField
        label="Session or request id"
        type="search"
        aria-keyshortcuts="/"
        data-search
        maxLength={200}
        spellCheck={false}
        autoCapitalize="none"
        value={kept.text}
        onChange={(event) => {
          const text = event.target.value;
          setKept({ applied, text });
          clearTimeout(timer);
          setTimer(setTimeout(() => apply(text), REST_MS));
        }}
      />
    </form>
  );
}
