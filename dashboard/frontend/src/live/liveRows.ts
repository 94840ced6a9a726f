/** A list whose newest rows come in while somebody reads it. */

export type Order<T> = {
  keyOf: (row: T) => string;
  /** Whether the first stands above the second. */
  above: (one: T, other: T) => boolean;
  /** Rows that are kept. */
  most: number;
};

export type LiveRows<T> = {
  /** As it is now, newest first. */
  newest: readonly T[];
  /** As it was when somebody began to read further down, each row as it is now. */
  held: readonly T[] | undefined;
};

export function begun<T>(page: readonly T[]): LiveRows<T> {
  return { newest: page, held: undefined };
}

/** The first page as the server has it now. Rows above it came in after it was asked for. */
export function withPage<T>(
  state: LiveRows<T>,
  page: readonly T[],
  { keyOf, above, most }: Order<T>,
): LiveRows<T> {
  const versions = new Map(page.map((row) => [keyOf(row), row]));
  const [top] = page;
  const later = top ? state.newest.filter((row) => above(row, top)) : [];
  return {
    newest: [...later.filter((row) => !versions.has(keyOf(row))), ...page].slice(0, most),
    held: state.held?.map((row) => versions.get(keyOf(row)) ?? row),
  };
}

/** One row that began or ended. One that does not fit the filters any more leaves the list, but not
 * from under the eyes of somebody who reads it. */
export function withRow<T>(
  state: LiveRows<T>,
  row: T,
  fits: boolean,
  { keyOf, above, most }: Order<T>,
): LiveRows<T> {
  const key = keyOf(row);
  const others = state.newest.filter((one) => keyOf(one) !== key);
  const below = others.findIndex((one) => above(row, one));
  if (fits) others.splice(below === -1 ? others.length : below, 0, row);
  return {
    newest: others.slice(0, most),
    held: state.held?.map((one) => (keyOf(one) === key ? row : one)),
  };
}

/** Stays as it is from now on, or follows again. */
export function holding<T>(state: LiveRows<T>, holds: boolean): LiveRows<T> {
  if (holds === (state.held !== undefined)) return state;
  return { ...state, held: holds ? state.newest : undefined };
}

export function shownOf<T>(state: LiveRows<T>): readonly T[] {
  return state.held ?? state.newest;
}

/** How many have come in that are not shown. */
export function waitingIn<T>(state: LiveRows<T>, { keyOf }: Pick<Order<T>, "keyOf">): number {
  if (state.held === undefined) return 0;
  const shown = new Set(state.held.map(keyOf));
  return state.newest.filter((row) => !shown.has(keyOf(row))).length;
}
