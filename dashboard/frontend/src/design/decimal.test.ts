import { describe, expect, it } from "vitest";
import { compare, minus, plus, scaled } from "./decimal";

describe("decimal strings", () => {
  it("are added and subtracted exactly, where floats would not be", () => {
    expect(plus("0.1", "0.2")).toBe("0.3");
    expect(minus("20.00", "0.000001")).toBe("19.999999");
    expect(plus("90071992547409930.000001", "1")).toBe("90071992547409931.000001");
  });

  it("may be negative", () => {
    expect(minus("1.50", "2")).toBe("-0.50");
    expect(plus("-0.05", "0.02")).toBe("-0.03");
  });

  it("are compared by their value", () => {
    expect(compare("5", "5.000000")).toBe(0);
    expect(compare("4.999999", "5")).toBe(-1);
    expect(compare("10", "9.5")).toBe(1);
  });

  it("are scaled to the millionth", () => {
    expect(scaled("1.00", 30, 7)).toBe("4.285714");
    expect(scaled("3", 2, 1)).toBe("6.000000");
  });
});
