import type { QueryClient } from "@tanstack/react-query";

const SOON_MS = 200;
const REST_MS = 800;

type Key = readonly string[];

/** Renews queries whose answers are out of date: soon after it was heard, then again when the
 * answers are there and have been looked at for a moment. Of a burst each is asked once, and an
 * answer under way is waited for, since one that is always begun anew never comes. */
export function renewer(client: Pick<QueryClient, "invalidateQueries" | "isFetching">) {
  let stale = new Map<string, Key>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  let ended = false;

  const plan = (wait: number) => {
    if (!ended && !busy && stale.size > 0) timer ??= setTimeout(renew, wait);
  };
  const renew = async () => {
    timer = undefined;
    busy = true;
    const [begun, ready] = parted(stale, (queryKey) => client.isFetching({ queryKey }) > 0);
    stale = begun; // what is under way may be from before it was heard
    await Promise.all(
      [...ready.values()].map((queryKey) => client.invalidateQueries({ queryKey })),
    ).catch(() => {}); // each query keeps its own error
    busy = false;
    plan(ready.size > 0 ? REST_MS : SOON_MS);
  };
  return {
    outdated(keys: readonly Key[]) {
      for (const key of keys) stale.set(key.join("\n"), key);
      plan(SOON_MS);
    },
    stop() {
      ended = true;
      clearTimeout(timer);
    },
  };
}

function parted(keys: ReadonlyMap<string, Key>, first: (key: Key) => boolean) {
  const parts = [new Map<string, Key>(), new Map<string, Key>()] as const;
  for (const [name, key] of keys) parts[first(key) ? 0 : 1].set(name, key);
  return parts;
}
