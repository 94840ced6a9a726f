import { createContext, type ReactNode, use, useMemo, useState } from "react";
import { duration, money, when } from "./format";

/** Rounded to the digits that matter; the exact amount when pointed at or read out. */
export function Money({ amount }: { amount: string | null | undefined }) {
  if (amount === null || amount === undefined) {
    return (
      <span className="quiet" title="No price is known for all of it.">
        unknown
      </span>
    );
  }
  return (
    <data className="number" value={amount} title={`$${amount}`}>
      {money(amount)}
    </data>
  );
}

export function Duration({ ms }: { ms: number | null | undefined }) {
  if (ms === null || ms === undefined) return <span className="quiet">–</span>;
  return (
    <span className="number" title={`${ms} ms`}>
      {duration(ms)}
    </span>
  );
}

type Zone = {
  name: string;
  ledger: string;
  /** In this browser; `undefined`: nothing, so the ledger's applies. */
  chosen: string | undefined;
  /** `undefined` goes back to the ledger's. */
  choose: (name: string | undefined) => void;
};

const KEY = "voicegw.zone";
const ZoneContext = createContext<Zone>({
  name: "UTC",
  ledger: "UTC",
  chosen: undefined,
  choose: () => {},
});

/** The zone that times are shown in: the ledger's, unless another was chosen in this browser. */
export function ZoneProvider({ ledger, children }: { ledger: string; children: ReactNode }) {
  const [chosen, setChosen] = useState(() => localStorage.getItem(KEY));
  const zone = useMemo(
    () => ({
      name: chosen ?? ledger,
      ledger,
      chosen: chosen ?? undefined,
      choose(name: string | undefined) {
        if (name === undefined) localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, name);
        setChosen(name ?? null);
      },
    }),
    [chosen, ledger],
  );
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}

export function useZone(): Zone {
  return use(ZoneContext);
}

/** A moment in the chosen zone; in UTC when pointed at. */
export function When({ time, as = when }: { time: string; as?: typeof when }) {
  const zone = useZone().name;
  return (
    <time className="number" dateTime={time} title={`${when(time, "UTC")} UTC`}>
      {as(time, zone)}
    </time>
  );
}
