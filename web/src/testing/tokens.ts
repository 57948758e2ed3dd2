/** A token as the server issues them, but for the signature, which the browser cannot check. */
export function tokenFor(subject: string, issuedAtSeconds: number): string {
  return ["{}", JSON.stringify({ sub: subject, iat: issuedAtSeconds }), "signature"].map(base64Url).join(".");
}

function base64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
