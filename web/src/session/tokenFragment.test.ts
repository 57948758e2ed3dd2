import { expect, test } from "vitest";
import { hasTokenFragment, takeTokenFromFragment } from "./tokenFragment";

function take(hash: string) {
  const addresses: unknown[] = [];
  const token = takeTokenFromFragment(
    { hash, pathname: "/", search: "?theme=dark" },
    { replaceState: (_data, _title, address) => addresses.push(address) },
  );
  return { token, addresses };
}

test("the token is taken out of the address, and the history keeps none of it", () => {
  expect(take("#token=a.b-c_d.e")).toEqual({ token: "a.b-c_d.e", addresses: ["/?theme=dark"] });
});

test("the rest of the fragment stays", () => {
  expect(take("#token=abc&tile=3")).toEqual({ token: "abc", addresses: ["/?theme=dark#tile=3"] });
});

test.each(["", "#", "#tile=3", "#tokens=abc"])("the address stays as it is with the fragment %j", (hash) => {
  expect(take(hash)).toEqual({ token: undefined, addresses: [] });
  expect(hasTokenFragment({ hash })).toBe(false);
});

test("an empty token is none, yet does not stay in the address", () => {
  expect(take("#token=")).toEqual({ token: undefined, addresses: ["/?theme=dark"] });
  expect(hasTokenFragment({ hash: "#token=" })).toBe(true);
});
