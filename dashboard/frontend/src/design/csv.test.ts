import { expect, it } from "vitest";
import { csv } from "./csv";

it("quotes what needs it", () => {
  expect(csv([["a,b", 'say "x"', "plain"]])).toBe('"a,b","say ""x""",plain\r\n');
});

it("lets no name become a formula, and leaves numbers alone", () => {
  expect(csv([["=1+1", "@x", "-0.5", "-x"]])).toBe("'=1+1,'@x,-0.5,'-x\r\n");
});
