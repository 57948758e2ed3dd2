/**
 * What the app reads from a token. Nothing is decided by it: only the server judges tokens.
 */

/** When the server issued the token, by its clock; undefined where it cannot be told. */
export function issuedAtMs(token: string): number | undefined {
  const issuedAt = claim(token, "iat");
  return typeof issuedAt === "number" ? issuedAt * 1_000 : undefined;
}

/** Whom the token names; undefined where it cannot be told. */
export function subjectOf(token: string): string | undefined {
  const subject = claim(token, "sub");
  return typeof subject === "string" ? subject : undefined;
}

function claim(token: string, name: "iat" | "sub"): unknown {
  const payload = token.split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof claims === "object" && claims !== null
      ? (claims as Partial<Record<typeof name, unknown>>)[name]
      : undefined;
  } catch {
    // Not a JWT: the server will say so.
    return undefined;
  }
}
