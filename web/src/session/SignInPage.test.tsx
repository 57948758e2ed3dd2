import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { FakeAuthClient, unreachable, wrongPassword } from "../testing/fakeAuthClient";
import type { AuthFailure, AuthOutcome } from "./authClient";
import { Session, type SignedOutReason } from "./session";
import { SessionContext } from "./SessionContext";
import { SignInPage } from "./SignInPage";

const throttled: AuthFailure = {
  code: "too_many_attempts",
  message: "too many failed sign-ins: try again in 30 s",
  isRefusal: false,
};

function open(authClient: FakeAuthClient, reason?: SignedOutReason) {
  const session = new Session(authClient, window.localStorage);
  render(
    <SessionContext value={session}>
      <SignInPage reason={reason} />
    </SessionContext>,
  );
  return session;
}

async function signIn(password: string): Promise<void> {
  await userEvent.type(screen.getByLabelText("E-mail"), "ada@example.com");
  await userEvent.type(screen.getByLabelText("Password"), password);
  await userEvent.click(screen.getByRole("button"));
}

test("the right password signs in", async () => {
  const authClient = new FakeAuthClient().willIssue("t1");
  const session = open(authClient);
  await signIn("secret");

  expect(authClient.logins).toEqual([{ email: "ada@example.com", password: "secret" }]);
  expect(session.state()).toEqual({ status: "signedIn", token: "t1" });
});

test.each([
  ["a wrong password", wrongPassword],
  ["too many attempts", throttled],
  ["a server that is away", unreachable],
])("%s is announced, and what was typed stays for another try", async (_kind, failure) => {
  const session = open(new FakeAuthClient().willFail(failure).willIssue("t1"));
  await signIn("secret");

  const alert = screen.getByRole("alert");
  expect(alert.textContent).toBe(failure.message);
  expect(alert.dataset.code).toBe(failure.code);
  expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("secret");
  expect(session.state().status).toBe("signedOut");

  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
  expect(alert.textContent).toBe("");
  expect(session.state().status).toBe("signedIn");
});

test("a sign-in under way cannot be sent again", async () => {
  let answer: (outcome: AuthOutcome) => void = () => undefined;
  const authClient = new FakeAuthClient().willAnswer(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  open(authClient);
  await signIn("secret");
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Signing in…" });
  expect(button.disabled).toBe(true);
  await userEvent.click(button);
  expect(authClient.logins).toHaveLength(1);

  answer({ ok: false, failure: wrongPassword });
  await screen.findByText(wrongPassword.message);
  expect(button.disabled).toBe(false);
});

test.each([
  ["expired", "Your session has expired. Sign in again to go on."],
  ["invalidLink", "This sign-in link is no longer valid. Sign in with your e-mail address instead."],
] as const)(
  "somebody sent here because of %s is told why, until something newer is to be said",
  async (reason, sentence) => {
    open(new FakeAuthClient().willFail(wrongPassword), reason);
    expect(screen.getByRole("status").textContent).toBe(sentence);
    await signIn("wrong");

    expect(screen.queryByRole("status")).toBeNull();
  },
);

test("password managers find their fields", () => {
  open(new FakeAuthClient());

  expect(screen.getByLabelText("E-mail").getAttribute("autocomplete")).toBe("username");
  expect(screen.getByLabelText("Password").getAttribute("autocomplete")).toBe("current-password");
  expect(document.activeElement).toBe(screen.getByLabelText("E-mail"));
});
