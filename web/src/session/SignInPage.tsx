import { useId, useState, type SubmitEvent } from "react";
import { Wordmark } from "../Wordmark";
import type { AuthFailure } from "./authClient";
import type { SignedOutReason } from "./session";
import { useSession } from "./SessionContext";

const reasons: Record<SignedOutReason, string> = {
  expired: "Your session has expired. Sign in again to go on.",
  invalidLink: "This sign-in link is no longer valid. Sign in with your e-mail address instead.",
};

export function SignInPage({ reason }: { reason?: SignedOutReason | undefined }) {
  const session = useSession();
  const [failure, setFailure] = useState<AuthFailure>();
  const [isPending, setIsPending] = useState(false);
  const messageId = useId();

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    setIsPending(true);
    setFailure(undefined);
    const signInFailure = await session.signIn(textOf(fields.get("email")), textOf(fields.get("password")));
    setFailure(signInFailure);
    setIsPending(false);
  }

  return (
    <main className="sign-in">
      <form
        className="sign-in-form"
        data-testid="login-form"
        aria-describedby={messageId}
        onSubmit={(event) => {
          void submit(event);
        }}
      >
        <Wordmark />
        <h1>Sign in</h1>
        {reason !== undefined && failure === undefined && (
          <p className="notice" role="status">
            {reasons[reason]}
          </p>
        )}
        <label>
          E-mail
          <input name="email" type="email" autoComplete="username" required autoFocus />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <p id={messageId} className="form-failure" role="alert" data-code={failure?.code}>
          {failure?.message}
        </p>
        <button type="submit" className="primary-button" disabled={isPending}>
          {isPending ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}

function textOf(field: FormDataEntryValue | null): string {
  return typeof field === "string" ? field : "";
}
