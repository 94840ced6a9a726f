import { describe, expect, test } from "vitest";
import { begun, holding, type LiveRows, shownOf, waitingIn, withPage, withRow } from "./liveRows";

type Row = { id: string; at: number; done?: boolean };

const ORDER = {
  keyOf: (row: Row) => row.id,
  above: (one: Row, other: Row) => one.at > other.at,
  most: 5,
};

const row = (at: number, done = false): Row => ({ id: `r${at}`, at, done });
const ids = (state: LiveRows<Row>) => shownOf(state).map((one) => one.id);
const add = (state: LiveRows<Row>, one: Row, fits = true) => withRow(state, one, fits, ORDER);

describe("a list that is followed", () => {
  test("new rows stand above", () => {
    expect(ids(add(begun([row(2), row(1)]), row(3)))).toEqual(["r3", "r2", "r1"]);
  });

  test("rows that come out of order stand where they belong", () => {
    const state = [5, 3, 4, 1].reduce((was, at) => add(was, row(at)), begun([row(2)]));
    expect(ids(state)).toEqual(["r5", "r4", "r3", "r2", "r1"]);
  });

  test("a row that ended takes the place of itself", () => {
    const state = add(begun([row(2), row(1)]), row(1, true));
    expect(shownOf(state)).toEqual([row(2), row(1, true)]);
  });

  test("keeps no more rows than a page", () => {
    let state = begun<Row>([]);
    for (let at = 0; at < 1000; at++) state = add(state, row(at));
    expect(ids(state)).toEqual(["r999", "r998", "r997", "r996", "r995"]);
  });

  test("a row that does not fit is not let in, and leaves", () => {
    expect(ids(add(begun([row(1)]), row(2), false))).toEqual(["r1"]);
    expect(ids(add(begun([row(2), row(1)]), row(2, true), false))).toEqual(["r1"]);
  });

  test("an older page does not take away what came in meanwhile, nor double it", () => {
    const state = add(add(begun([row(1)]), row(2)), row(3));
    expect(ids(withPage(state, [row(2), row(1)], ORDER))).toEqual(["r3", "r2", "r1"]);
    expect(ids(withPage(state, [row(3), row(2), row(1)], ORDER))).toEqual(["r3", "r2", "r1"]);
  });

  test("what a page has no more is gone", () => {
    expect(ids(withPage(begun([row(2), row(1)]), [row(2)], ORDER))).toEqual(["r2"]);
  });
});

describe("a list that is read", () => {
  const read = holding(begun([row(2), row(1)]), true);

  test("stays while rows come in, and says how many", () => {
    const state = add(add(read, row(3)), row(4));
    expect(ids(state)).toEqual(["r2", "r1"]);
    expect(waitingIn(state, ORDER)).toBe(2);
  });

  test("shows its rows as they are now, those that left the filter too", () => {
    expect(shownOf(add(read, row(1, true)))).toEqual([row(2), row(1, true)]);
    expect(shownOf(add(read, row(2, true), false))).toEqual([row(2, true), row(1)]);
    expect(shownOf(withPage(read, [row(3), row(2, true)], ORDER))[0]).toEqual(row(2, true));
  });

  test("is the newest page when it is followed again, without a hole", () => {
    let state = read;
    for (let at = 3; at < 30; at++) state = add(state, row(at));
    expect(waitingIn(state, ORDER)).toBe(5);
    expect(ids(holding(state, false))).toEqual(["r29", "r28", "r27", "r26", "r25"]);
    expect(waitingIn(holding(state, false), ORDER)).toBe(0);
  });
});
