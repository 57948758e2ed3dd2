/** A sign-in link carries its token in the fragment, `/#token=…`, which browsers never send to a server. */

type PageAddress = Pick<Location, "hash" | "pathname" | "search">;
type AddressBar = Pick<History, "replaceState">;

export function hasTokenFragment({ hash }: Pick<PageAddress, "hash">): boolean {
  return new URLSearchParams(hash.slice(1)).has("token");
}

/** Takes the token out of the address, so that it is neither shown, copied nor kept in the history. */
export function takeTokenFromFragment(address: PageAddress, addressBar: AddressBar): string | undefined {
  const fragment = new URLSearchParams(address.hash.slice(1));
  const token = fragment.get("token");
  if (token === null) return undefined;
  fragment.delete("token");
  const rest = fragment.toString();
  addressBar.replaceState(null, "", address.pathname + address.search + (rest === "" ? "" : `#${rest}`));
  return token === "" ? undefined : token;
}
