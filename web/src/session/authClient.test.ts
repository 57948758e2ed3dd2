import { describe, expect, test } from "vitest";
import { createAuthClient } from "./authClient";

/** A client whose requests all get the same response, or fail where there is none. */
function clientAnswering(response?: Response) {
  const requests: { path: string; init: RequestInit }[] = [];
  const client = createAuthClient((path, init) => {
    requests.push({ path, init });
    return response === undefined
      ? Promise.reject(new TypeError("Failed to fetch"))
      : Promise.resolve(response);
  });
  return { client, requests };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

test("signing in sends the password in the body and nowhere else", async () => {
  const { client, requests } = clientAnswering(json(200, { token: "t1" }));

  expect(await client.login("ada@example.com", 'pass"word')).toEqual({ ok: true, token: "t1" });
  expect(requests).toEqual([
    {
      path: "/auth/login",
      init: {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: '{"email":"ada@example.com","password":"pass\\"word"}',
      },
    },
  ]);
});

test("refreshing and signing out carry the token in the header", async () => {
  const { client, requests } = clientAnswering(json(200, { token: "t2" }));
  await client.refresh("t1");
  await client.logout("t1");

  expect(requests.map(({ path, init }) => [path, init.headers])).toEqual([
    ["/auth/refresh", { Authorization: "Bearer t1" }],
    ["/auth/logout", { Authorization: "Bearer t1" }],
  ]);
});

describe("a failure", () => {
  test("that the server explains is told in its words and is a refusal", async () => {
    const { client } = clientAnswering(
      json(401, { error: { code: "unauthorized", message: "wrong e-mail address or password" } }),
    );

    expect(await client.login("a", "b")).toEqual({
      ok: false,
      failure: { code: "unauthorized", message: "wrong e-mail address or password", isRefusal: true },
    });
  });

  test("of too many attempts tells how long to wait and is no refusal", async () => {
    const { client } = clientAnswering(
      json(
        429,
        { error: { code: "too_many_attempts", message: "too many failed sign-ins" } },
        { "Retry-After": "30" },
      ),
    );

    expect(await client.login("a", "b")).toEqual({
      ok: false,
      failure: {
        code: "too_many_attempts",
        message: "too many failed sign-ins: try again in 30 s",
        isRefusal: false,
      },
    });
  });

  test("to reach the server is told apart and is no refusal", async () => {
    const { client } = clientAnswering();

    expect(await client.refresh("t")).toMatchObject({ failure: { code: "unreachable", isRefusal: false } });
  });

  test.each([
    ["a page of a proxy", new Response("<html>", { status: 502 })],
    ["an answer without a token", json(200, { hello: "world" })],
    ["a token that is no text", json(200, { token: 7 })],
    ["an error without a code", json(500, { error: { message: "oops" } })],
  ])("of the server's to make sense, such as %s, is no refusal", async (_kind, response) => {
    const { client } = clientAnswering(response);

    expect(await client.refresh("t")).toMatchObject({
      ok: false,
      failure: { code: "unexpected", isRefusal: false },
    });
  });
});
