import { describe, expect, it } from "vitest";
import { added, faultOf, MOST_BYTES, size } from "./files";
import { csvOf, drift, flaggedFirst, type Row } from "./rows";

const row = (changes: Partial<Row>): Row => ({
  model: "ear-1",
  modality: "stt",
  unit: "audio_seconds",
  recorded: "10",
  vendor: "10",
  recorded_usd: "0.10",
  vendor_usd: "0.10",
  drift_pct: 0,
  cause: null,
  flagged: false,
  ...changes,
});

describe("files to compare", () => {
  it("replace one of the same name, so that a page is not summed twice", () => {
    const [a, again, b] = [new File(["1"], "a"), new File(["22"], "a"), new File(["3"], "b")];
    expect(added([a, b], [again])).toEqual([b, again]);
  });

  it("are refused before they are sent when too large, too many or empty", () => {
    expect(faultOf([{ name: "a", size: MOST_BYTES }])).toBeUndefined();
    expect(faultOf([{ name: "a", size: MOST_BYTES + 1 }])).toMatch(/at most 64 MB/);
    expect(faultOf(Array.from({ length: 21 }, () => ({ name: "a", size: 1 })))).toMatch(/21 files/);
    expect(faultOf([{ name: "a.csv", size: 0 }])).toMatch(/a.csv is empty/);
  });

  it("have a size that can be read", () => {
    expect([size(640), size(12_288), size(1_572_864)]).toEqual(["640 B", "12 kB", "1.5 MB"]);
  });
});

describe("rows", () => {
  it("stand with the flagged ones first, the widest drift before", () => {
    const rows = [
      row({ model: "fine" }),
      row({ model: "some", flagged: true, drift_pct: -7 }),
      row({ model: "one side", flagged: true, drift_pct: null }),
      row({ model: "much", flagged: true, drift_pct: 50 }),
    ];
    expect(flaggedFirst(rows).map((one) => one.model)).toEqual([
      "one side",
      "much",
      "some",
      "fine",
    ]);
  });

  it("have a signed drift", () => {
    const drifts = [12.5, -100, 0, null, 0.0042].map((drift_pct) => drift(row({ drift_pct })));
    expect(drifts).toEqual(["+12.5 %", "−100 %", "0 %", "–", "+0.0042 %"]);
  });

  it("are exported exactly, with names that are no formulas", () => {
    const rows = [
      row({
        model: '=cmd,"x"',
        vendor: null,
        vendor_usd: "-0.000001",
        cause: "rate",
        flagged: true,
      }),
    ];
    expect(csvOf(rows).split("\r\n")).toEqual([
      "model,modality,unit,recorded,vendor,recorded_usd,vendor_usd,drift_pct,cause,flagged",
      '"\'=cmd,""x""",stt,audio_seconds,10,,0.10,-0.000001,0,rate,true',
      "",
    ]);
  });
});
