import { type ChangeEvent, useState } from "react";

type Typed = ChangeEvent<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>;

/** What a form's texts are while they are edited; the names are the API's. */
export function useDraft<T extends Record<string, string>>(initial: T) {
  const [draft, setDraft] = useState(initial);
  const set = (name: keyof T, value: string) => setDraft((now) => ({ ...now, [name]: value }));
  const bind = (name: keyof T & string) => ({
    name,
    value: draft[name] as string,
    onChange: (event: Typed) => set(name, event.target.value),
  });
  return { draft, set, bind };
}

/** What is to be sent of a changed form: what is as it was stays out, and an emptied setting is
 * null, which takes it back to its default. */
export function changesOf<T extends Record<string, string>>(
  before: T,
  after: T,
): Partial<Record<keyof T, string | null>> {
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  return Object.fromEntries(changed.map((name) => [name, after[name]?.trim() || null])) as Partial<
    Record<keyof T, string | null>
  >;
}

/** What is to be sent of a new resource: only what was said. */
export function saidIn<T extends Record<string, string>>(
  draft: T,
): Partial<Record<keyof T, string>> {
  const said = Object.entries(draft).filter(([, value]) => value.trim() !== "");
  return Object.fromEntries(said.map(([name, value]) => [name, value.trim()])) as Partial<
    Record<keyof T, string>
  >;
}
