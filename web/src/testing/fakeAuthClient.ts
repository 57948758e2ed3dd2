import type { AuthClient, AuthFailure, AuthOutcome } from "../session/authClient";

export const wrongPassword: AuthFailure = {
  code: "unauthorized",
  message: "wrong e-mail address or password",
  isRefusal: true,
};

export const unreachable: AuthFailure = { code: "unreachable", message: "nobody there", isRefusal: false };

/** Answers in the order in which the answers were put in; a request beyond them stays open. */
export class FakeAuthClient implements AuthClient {
  readonly logins: { email: string; password: string }[] = [];
  readonly refreshed: string[] = [];
  readonly loggedOut: string[] = [];
  readonly #outcomes: Promise<AuthOutcome>[] = [];

  willIssue(token: string): this {
    return this.willAnswer(Promise.resolve({ ok: true, token }));
  }

  willFail(failure: AuthFailure): this {
    return this.willAnswer(Promise.resolve({ ok: false, failure }));
  }

  willAnswer(outcome: Promise<AuthOutcome>): this {
    this.#outcomes.push(outcome);
    return this;
  }

  login(email: string, password: string): Promise<AuthOutcome> {
    this.logins.push({ email, password });
    return this.#next();
  }

  refresh(token: string): Promise<AuthOutcome> {
    this.refreshed.push(token);
    return this.#next();
  }

  logout(token: string): Promise<void> {
    this.loggedOut.push(token);
    return Promise.resolve();
  }

  #next(): Promise<AuthOutcome> {
    return this.#outcomes.shift() ?? new Promise<AuthOutcome>(() => undefined);
  }
}
