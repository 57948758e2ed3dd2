/** Light or dark: the system's choice unless the person made one. The stylesheet reads `data-theme` on the root. */

export type ThemePreference = "system" | "light" | "dark";

const storageKey = "freshet.theme";
const systemPrefersDark = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let preference: ThemePreference = storedPreference();

/** Applies the theme and follows the system from then on; called once, before the first render. */
export function startTheme(): void {
  apply();
  systemPrefersDark.addEventListener("change", apply);
}

export function themePreference(): ThemePreference {
  return preference;
}

export function chooseTheme(chosen: ThemePreference): void {
  preference = chosen;
  localStorage.setItem(storageKey, chosen);
  apply();
}

/** Calls back whenever the theme in effect may have changed; returns how to stop that. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function apply(): void {
  const systemTheme = systemPrefersDark.matches ? "dark" : "light";
  document.documentElement.dataset.theme = preference === "system" ? systemTheme : preference;
  for (const listener of listeners) listener();
}

function storedPreference(): ThemePreference {
  const stored = localStorage.getItem(storageKey);
  return stored === "light" || stored === "dark" ? stored : "system";
}
