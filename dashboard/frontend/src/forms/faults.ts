import { ProblemError } from "~/api/client";

export type Faults = {
  /** By the name of the field that they are about. */
  at: Readonly<Record<string, string>>;
  /** What is about no field of the form. */
  rest: string | undefined;
};

type Told = { where: string; message: string };

const OF_NAMING = new Set(["body", "projects", "providers", "models", "stt", "llm", "tts"]);

/** Places what the API refused at the fields of a form: from `details.faults`, or from the setting
 * that the sentence begins with (`projects.shop.default_stack: there is no stack …`). */
export function faultsOf(error: unknown, fields: readonly string[]): Faults {
  if (error === null || error === undefined) return { at: {}, rest: undefined };
  if (!(error instanceof ProblemError)) {
    return { at: {}, rest: "This form has a fault: reload the page, please." };
  }
  const at: Record<string, string> = {};
  const rest: string[] = [];
  for (const { where, message } of toldBy(error)) {
    const field = fieldOf(where, fields);
    if (field === undefined) rest.push(sentence(where, message));
    else at[field] ??= inner(where, field, message);
  }
  return { at, rest: rest.length > 0 ? rest.join(" ") : undefined };
}

function toldBy(error: ProblemError): Told[] {
  const { faults } = error.details;
  if (Array.isArray(faults)) return faults as Told[];
  const place = /^(\S+\.\S+?)(?::| ) ?(.*)$/s.exec(error.message);
  if (place) return [{ where: place[1] ?? "", message: error.message }];
  return [{ where: error.message.slice(0, 40), message: error.message }];
}

/** The first part of a path, or the first word, that is one of the fields. */
function fieldOf(where: string, fields: readonly string[]): string | undefined {
  const parts = where.split(/[\s.]+/);
  const first = parts.findIndex((part) => !OF_NAMING.has(part));
  return parts.slice(Math.max(first, 0)).find((part) => fields.includes(part));
}

/** A fault deep in a field keeps its path, that it may be found. */
function inner(where: string, field: string, message: string): string {
  const path = where.split(".");
  const deeper = path.slice(path.indexOf(field) + 1);
  const named = where.startsWith("body.") && deeper.length > 0;
  return named ? `${deeper.join(".")}: ${message}.` : sentence("", message);
}

function sentence(where: string, message: string): string {
  const text = where && !message.startsWith(where) ? `${where}: ${message}` : message;
  return /[.?]$/.test(text) ? text : `${text}.`;
}
