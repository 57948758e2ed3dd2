/** The server's sign-in endpoints. */

export type AuthFailure = {
  /** The server's code, or `unreachable` where there was no answer, or `unexpected` for one that makes no sense. */
  code: string;
  message: string;
  /** Whether the server itself turned the request down, as opposed to being absent or in trouble. */
  isRefusal: boolean;
};

export type AuthOutcome = { ok: true; token: string } | { ok: false; failure: AuthFailure };

export type AuthClient = {
  login(email: string, password: string): Promise<AuthOutcome>;
  refresh(token: string): Promise<AuthOutcome>;
  /** Ends the session on the server; whether that worked changes nothing for the browser. */
  logout(token: string): Promise<void>;
};

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

export function createAuthClient(fetch: Fetch = (path, init) => window.fetch(path, init)): AuthClient {
  const post = (path: string, init: RequestInit) => fetch(path, { ...init, method: "POST" });
  return {
    login: (email, password) =>
      outcomeOf(
        post("/auth/login", {
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ email, password }),
        }),
      ),
    refresh: (token) => outcomeOf(post("/auth/refresh", { headers: bearer(token) })),
    logout: async (token) => {
      await outcomeOf(post("/auth/logout", { headers: bearer(token) }));
    },
  };
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

async function outcomeOf(pending: Promise<Response>): Promise<AuthOutcome> {
  let response: Response;
  try {
    response = await pending;
  } catch {
    return failed(
      "unreachable",
      "The server cannot be reached. Check that it is running, then try again.",
      false,
    );
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && hasToken(body)) return { ok: true, token: body.token };
  const isRefusal = response.status >= 400 && response.status < 500 && response.status !== 429;
  if (hasError(body)) return failed(body.error.code, body.error.message + waitOf(response), isRefusal);
  return failed(
    "unexpected",
    `The server gave an answer that makes no sense here (${response.status}).`,
    false,
  );
}

/** How long the server asks to wait, in words; empty where it does not ask. */
function waitOf(response: Response): string {
  const seconds = Number(response.headers.get("Retry-After"));
  return seconds > 0 ? `: try again in ${Math.ceil(seconds)} s` : "";
}

function failed(code: string, message: string, isRefusal: boolean): AuthOutcome {
  return { ok: false, failure: { code, message, isRefusal } };
}

function hasToken(body: unknown): body is { token: string } {
  return typeof body === "object" && body !== null && "token" in body && typeof body.token === "string";
}

function hasError(body: unknown): body is { error: { code: string; message: string } } {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  const { error } = body;
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string" &&
    "message" in error &&
    typeof error.message === "string"
  );
}
