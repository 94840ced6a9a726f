import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { staleBy } from "./events";
import { renewer } from "./renewal";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A client that answers when it is told to, and what it was asked to renew. */
function slowClient() {
  const asked: (readonly unknown[])[] = [];
  const waiting: (() => void)[] = [];
  return {
    asked,
    isFetching: () => waiting.length,
    answer() {
      for (const one of waiting.splice(0)) one();
    },
    invalidateQueries({ queryKey = [] }: { queryKey?: readonly unknown[] } = {}) {
      asked.push(queryKey);
      return new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}

test("asks once for a burst", async () => {
  const client = slowClient();
  const { outdated } = renewer(client);
  for (let n = 0; n < 50; n++) outdated([["logs"], ["costs"]]);
  await vi.advanceTimersByTimeAsync(250);
  expect(client.asked).toEqual([["logs"], ["costs"]]);
});

test("waits for the answer before it asks again, and forgets nothing meanwhile", async () => {
  const client = slowClient();
  const { outdated } = renewer(client);
  outdated([["logs"]]);
  await vi.advanceTimersByTimeAsync(250);
  outdated([["logs"]]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(client.asked).toHaveLength(1);
  client.answer();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(client.asked).toHaveLength(2);
});

test("waits for an answer that others asked for, and then asks anew", async () => {
  const client = slowClient();
  const { outdated } = renewer(client);
  void client.invalidateQueries({ queryKey: ["costs"] });
  outdated([["costs"]]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(client.asked).toHaveLength(1);
  client.answer();
  await vi.advanceTimersByTimeAsync(250);
  expect(client.asked).toHaveLength(2);
});

test("asks for nothing once it was stopped", async () => {
  const client = slowClient();
  const { outdated, stop } = renewer(client);
  outdated([["logs"]]);
  stop();
  outdated([["costs"]]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(client.asked).toEqual([]);
});

test("a row puts out of date its own call's receipt and no other", () => {
  expect(staleBy({ id: "A-1", session_id: "room" })).toContainEqual([
    "sessions",
    "receipt",
    "room",
  ]);
  expect(staleBy({ id: "A-1", session_id: null }).flat()).not.toContain("receipt");
});
