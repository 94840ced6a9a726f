import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schema = components["schemas"];

/** What the server said instead of an answer; `message` says how to mend it. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "ProblemError";
  }
}

const problems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    throw await problemOf(response);
  },
  onError() {
    return new ProblemError(
      0,
      "UNREACHABLE",
      "The server does not answer: check that `voicegw serve` is running.",
    );
  },
};

/** The error that a response which is no success stands for. */
export async function problemOf(response: Response): Promise<ProblemError> {
  try {
    const { error } = (await response.json()) as Schema["Problem"];
    return new ProblemError(response.status, error.code, error.message, error.details);
  } catch {
    const message = `The server answered ${response.status} without saying why: its log does.`;
    return new ProblemError(response.status, "UNKNOWN", message);
  }
}

/** Typed by the server's own document. Rejects with a `ProblemError`. */
export const api = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "" });
api.use(problems);

/** The body of an answer that is a success. */
export async function bodyOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  return data as T;
}
