import { afterEach, describe, expect, test, vi } from "vitest";
import { FakeAuthClient, unreachable, wrongPassword } from "../testing/fakeAuthClient";
import { noonMs } from "../testing/fixtures";
import { tokenFor } from "../testing/tokens";
import { Session } from "./session";

const storageKey = "freshet.token";

afterEach(() => {
  vi.useRealTimers();
});

function stored(): string | null {
  return window.localStorage.getItem(storageKey);
}

function sessionWith({
  authClient = new FakeAuthClient(),
  link,
}: {
  authClient?: FakeAuthClient;
  link?: string;
}) {
  const waitedMs: number[] = [];
  const session = new Session(authClient, window.localStorage, link, (ms) => {
    waitedMs.push(ms);
    return Promise.resolve();
  });
  return { session, authClient, waitedMs };
}

describe("at the start", () => {
  test("nobody is signed in where nothing is stored", () => {
    expect(sessionWith({}).session.state()).toEqual({ status: "signedOut" });
  });

  test("a stored token signs in", () => {
    window.localStorage.setItem(storageKey, "kept");
    expect(sessionWith({}).session.state()).toEqual({ status: "signedIn", token: "kept" });
  });

  test("a link's token takes the place of the stored one", () => {
    window.localStorage.setItem(storageKey, "kept");
    expect(sessionWith({ link: "linked" }).session.state()).toEqual({ status: "signedIn", token: "linked" });
    expect(stored()).toBe("linked");
  });
});

describe("signing in", () => {
  test("keeps the token and tells those who listen", async () => {
    const { session, authClient } = sessionWith({ authClient: new FakeAuthClient().willIssue("t1") });
    const states: string[] = [];
    const stop = session.subscribe(() => states.push(session.state().status));

    expect(await session.signIn("ada@example.com", "secret")).toBeUndefined();
    stop();
    session.signOut();

    expect(authClient.logins).toEqual([{ email: "ada@example.com", password: "secret" }]);
    expect(states).toEqual(["signedIn"]);
  });

  test("that fails changes nothing and says why", async () => {
    const { session } = sessionWith({ authClient: new FakeAuthClient().willFail(wrongPassword) });

    expect(await session.signIn("ada@example.com", "wrong")).toBe(wrongPassword);
    expect(session.state()).toEqual({ status: "signedOut" });
    expect(stored()).toBeNull();
  });
});

describe("the end of a session", () => {
  test("by signing out removes the token here and on the server", () => {
    const { session, authClient } = sessionWith({ link: "t1" });
    session.signOut();

    expect(authClient.loggedOut).toEqual(["t1"]);
    expect(session.state()).toEqual({ status: "signedOut" });
    expect(stored()).toBeNull();
  });

  test("by a token that is not taken any more tells a link from a session", () => {
    const linked = sessionWith({ link: "t1" }).session;
    linked.expire();
    expect(linked.state()).toEqual({ status: "signedOut", reason: "invalidLink" });

    window.localStorage.setItem(storageKey, "kept");
    const restored = sessionWith({}).session;
    restored.expire();
    expect(restored.state()).toEqual({ status: "signedOut", reason: "expired" });
  });

  test("does not come twice", () => {
    const { session } = sessionWith({ link: "t1" });
    session.signOut();
    session.expire();

    expect(session.state()).toEqual({ status: "signedOut" });
  });
});

describe("the token for the Convex client", () => {
  test("is the stored one unless a fresh one is asked for", async () => {
    const { session, authClient } = sessionWith({ link: "t1" });

    expect(await session.fetchToken({ forceRefreshToken: false })).toBe("t1");
    expect(authClient.refreshed).toEqual([]);
  });

  test("is none for somebody who is signed out", async () => {
    expect(await sessionWith({}).session.fetchToken({ forceRefreshToken: true })).toBeNull();
  });

  test("is refreshed and stored when asked for", async () => {
    const { session } = sessionWith({ authClient: new FakeAuthClient().willIssue("t2"), link: "t1" });

    expect(await session.fetchToken({ forceRefreshToken: true })).toBe("t2");
    expect(stored()).toBe("t2");
  });

  test("waits for a server that is away, ever longer, rather than signing out", async () => {
    const authClient = new FakeAuthClient();
    for (let attempt = 0; attempt < 5; attempt++) authClient.willFail(unreachable);
    const { session, waitedMs } = sessionWith({ authClient: authClient.willIssue("t2"), link: "t1" });

    expect(await session.fetchToken({ forceRefreshToken: true })).toBe("t2");
    expect(waitedMs).toEqual([1_000, 2_000, 5_000, 10_000, 10_000]);
  });

  test("ends the session when the server refuses it", async () => {
    const { session } = sessionWith({ authClient: new FakeAuthClient().willFail(wrongPassword), link: "t1" });

    expect(await session.fetchToken({ forceRefreshToken: true })).toBeNull();
    expect(session.state()).toEqual({ status: "signedOut", reason: "invalidLink" });
    expect(stored()).toBeNull();
  });

  test("is dropped when the person signs out while it is on its way", async () => {
    let issue: (token: string) => void = () => undefined;
    const authClient = new FakeAuthClient().willAnswer(
      new Promise((resolve) => {
        issue = (token) => {
          resolve({ ok: true, token });
        };
      }),
    );
    const { session } = sessionWith({ authClient, link: "t1" });
    const pending = session.fetchToken({ forceRefreshToken: true });
    session.signOut();
    issue("t2");

    expect(await pending).toBeNull();
    expect(stored()).toBeNull();
  });
});

describe("other tabs", () => {
  const storageEvent = (key: string | null) => new StorageEvent("storage", { key });

  test("sign this one in and out", () => {
    const { session } = sessionWith({});
    const tab = new EventTarget() as unknown as Window;
    session.followOtherTabs(tab);

    window.localStorage.setItem(storageKey, "theirs");
    tab.dispatchEvent(storageEvent(storageKey));
    expect(session.state()).toEqual({ status: "signedIn", token: "theirs" });

    window.localStorage.clear();
    tab.dispatchEvent(storageEvent(null));
    expect(session.state()).toEqual({ status: "signedOut" });
  });

  test("that store something else change nothing", () => {
    const { session } = sessionWith({});
    const tab = new EventTarget() as unknown as Window;
    session.followOtherTabs(tab);

    window.localStorage.setItem(storageKey, "theirs");
    tab.dispatchEvent(storageEvent("freshet.theme"));
    expect(session.state()).toEqual({ status: "signedOut" });
  });
});

describe("the server's clock", () => {
  const signInAt = async (issuedAtMs: number) => {
    vi.useFakeTimers({ now: noonMs });
    const token = tokenFor("ada", issuedAtMs / 1_000);
    const { session } = sessionWith({ authClient: new FakeAuthClient().willIssue(token) });
    await session.signIn("ada@example.com", "secret");
    return session.serverNowMs();
  };

  test("is taken from a fresh token where the browser's is far off", async () => {
    expect(await signInAt(noonMs - 3_600_000)).toBe(noonMs - 3_600_000 + 500);
  });

  test("is the browser's where the two are close, since a token tells whole seconds only", async () => {
    expect(await signInAt(noonMs - 1_000)).toBe(noonMs);
  });
});
