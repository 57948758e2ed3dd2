import { expect, test } from "vitest";
import { tokenFor } from "../testing/tokens";
import { issuedAtMs, subjectOf } from "./tokenClaims";

test("subject and time of issue are read from the payload", () => {
  const token = tokenFor("user-7", 1_772_366_400);

  expect(subjectOf(token)).toBe("user-7");
  expect(issuedAtMs(token)).toBe(1_772_366_400_000);
});

test("a payload that needs the other letters of base64url is read, too", () => {
  const token = tokenFor("??>>~~ÿ", 1);
  expect(token).toMatch(/[-_]/);

  expect(issuedAtMs(token)).toBe(1_000);
});

test.each([
  "",
  "abc",
  "a.b.c",
  "a.!!.c",
  `a.${btoa("null")}.c`,
  `a.${btoa('"text"')}.c`,
  `a.${btoa('{"sub":7}')}.c`,
])("nothing is made up of %j", (token) => {
  expect(subjectOf(token)).toBeUndefined();
  expect(issuedAtMs(token)).toBeUndefined();
});
