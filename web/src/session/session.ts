import type { AuthClient, AuthFailure } from "./authClient";
import { issuedAtMs } from "./tokenClaims";

/** Why nobody is signed in, where the person should be told. */
export type SignedOutReason = "expired" | "invalidLink";

export type SessionState =
  { status: "signedIn"; token: string } | { status: "signedOut"; reason?: SignedOutReason };

type TokenOrigin = "link" | "password" | "stored";

const storageKey = "freshet.token";
const retryDelaysMs = [1_000, 2_000, 5_000, 10_000];

/**
 * Who is signed in, in this browser. The one owner of the token.
 *
 * The token rests in localStorage rather than sessionStorage: a dashboard stands open in several tabs and on
 * wall screens that restart by themselves, and signing out must reach all of them. Script on the page could
 * read either; against that stand the strict Content-Security-Policy, the absence of foreign code and the
 * token's short life.
 */
export class Session {
  readonly #authClient: AuthClient;
  readonly #storage: Storage;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #listeners = new Set<() => void>();
  #state: SessionState;
  #origin: TokenOrigin;
  #serverTimeOffsetMs = 0;

  constructor(
    authClient: AuthClient,
    storage: Storage,
    linkToken?: string,
    wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  ) {
    this.#authClient = authClient;
    this.#storage = storage;
    this.#wait = wait;
    this.#origin = linkToken === undefined ? "stored" : "link";
    if (linkToken !== undefined) storage.setItem(storageKey, linkToken);
    const token = storage.getItem(storageKey);
    this.#state = token === null ? { status: "signedOut" } : { status: "signedIn", token };
  }

  readonly state = (): SessionState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Keeps tabs together: what another tab stores or removes holds here too. */
  followOtherTabs(target: Pick<Window, "addEventListener">): void {
    target.addEventListener("storage", (event) => {
      if (event.key !== storageKey && event.key !== null) return;
      const token = this.#storage.getItem(storageKey);
      this.#change(token === null ? { status: "signedOut" } : { status: "signedIn", token });
    });
  }

  /** Signs in; returns what went wrong, if anything did. */
  async signIn(email: string, password: string): Promise<AuthFailure | undefined> {
    const outcome = await this.#authClient.login(email, password);
    if (!outcome.ok) return outcome.failure;
    this.#origin = "password";
    this.#keep(outcome.token);
    return undefined;
  }

  /** Signs out at once; the server is told, but not waited for. */
  signOut(): void {
    if (this.#state.status === "signedIn") void this.#authClient.logout(this.#state.token);
    this.#forget({ status: "signedOut" });
  }

  /** The server no longer takes the token. */
  expire(): void {
    if (this.#state.status === "signedOut") return;
    this.#forget({ status: "signedOut", reason: this.#origin === "link" ? "invalidLink" : "expired" });
  }

  /**
   * The token for the Convex client. A forced refresh waits for a server that is away, since an answer of null
   * would sign the person out, and ends the session only when the server refuses.
   */
  readonly fetchToken = async ({
    forceRefreshToken,
  }: {
    forceRefreshToken: boolean;
  }): Promise<string | null> => {
    for (let attempt = 0; this.#state.status === "signedIn"; attempt++) {
      const { token } = this.#state;
      if (!forceRefreshToken) return token;
      const outcome = await this.#authClient.refresh(token);
      if (!this.#isCurrent(token)) continue;
      if (outcome.ok) {
        this.#origin = "stored";
        this.#keep(outcome.token);
        return outcome.token;
      }
      if (outcome.failure.isRefusal) {
        this.expire();
        return null;
      }
      await this.#wait(retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)] ?? 0);
    }
    return null;
  };

  /** The server's clock, as far as known; close clocks count as equal, since a token tells whole seconds only. */
  readonly serverNowMs = (): number => Date.now() + this.#serverTimeOffsetMs;

  #isCurrent(token: string): boolean {
    return this.#state.status === "signedIn" && this.#state.token === token;
  }

  #keep(token: string): void {
    const issuedAt = issuedAtMs(token);
    if (issuedAt !== undefined) {
      const offsetMs = issuedAt + 500 - Date.now();
      this.#serverTimeOffsetMs = Math.abs(offsetMs) > 2_000 ? offsetMs : 0;
    }
    this.#storage.setItem(storageKey, token);
    this.#change({ status: "signedIn", token });
  }

  #forget(state: SessionState): void {
    this.#storage.removeItem(storageKey);
    this.#change(state);
  }

  #change(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
