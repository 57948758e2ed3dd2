import { useSyncExternalStore } from "react";
import { chooseTheme, onThemeChange, themePreference, type ThemePreference } from "./theme";

const next: Record<ThemePreference, ThemePreference> = { system: "light", light: "dark", dark: "system" };
const words: Record<ThemePreference, string> = { system: "System", light: "Light", dark: "Dark" };

/** One button that goes round system, light and dark. */
export function ThemeSwitch() {
  const preference = useSyncExternalStore(onThemeChange, themePreference);
  return (
    <button
      type="button"
      className="quiet-button theme-switch"
      aria-label={`Theme: ${words[preference]}. Change to ${words[next[preference]]}.`}
      title={`Theme: ${words[preference]}`}
      onClick={() => {
        chooseTheme(next[preference]);
      }}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor" />
      </svg>
      <span>{words[preference]}</span>
    </button>
  );
}
