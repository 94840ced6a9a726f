import { expect, it } from "vitest";
import { changeOf, drilled, exportLink } from "./costs";

it("exports what is shown", () => {
  expect(exportLink({ period: "week" }, { model: "acme/m 1", by: "model" }, "csv")).toBe(
    "/v1/export-costs?period=week&model=acme%2Fm+1&format=csv",
  );
});

it("says a change only of what is known and was something", () => {
  expect(changeOf("1.5", "1.0")).toBe("+50 %");
  expect(changeOf("0.95", "1.0")).toBe("−5.0 %");
  expect(changeOf("42", "3.0")).toBe("14 times as much");
  expect(changeOf("1.0", "1.0")).toBe("±0 %");
  expect(changeOf("1.0", "0.000000")).toBeUndefined();
  expect(changeOf(null, "1.0")).toBeUndefined();
});

it("goes from a leg to its models", () => {
  expect(drilled("modality", "tts")).toEqual({ modality: "tts", by: "model" });
});
