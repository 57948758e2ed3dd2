import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { chooseTheme, onThemeChange } from "./theme";
import { ThemeSwitch } from "./ThemeSwitch";

afterEach(() => {
  chooseTheme("system");
});

test("the switch goes round system, light and dark, and the choice is kept", async () => {
  render(<ThemeSwitch />);
  const button = screen.getByRole("button", { name: "Theme: System. Change to Light." });
  const seen: (string | null | undefined)[][] = [];
  for (let press = 0; press < 3; press++) {
    await userEvent.click(button);
    seen.push([
      button.textContent,
      document.documentElement.dataset.theme,
      window.localStorage.getItem("freshet.theme"),
    ]);
  }

  // The system, as jsdom stands for it, prefers light.
  expect(seen).toEqual([
    ["Light", "light", "light"],
    ["Dark", "dark", "dark"],
    ["System", "light", "system"],
  ]);
});

test("charts hear of a change until they are gone", () => {
  let count = 0;
  const stop = onThemeChange(() => count++);
  chooseTheme("dark");
  stop();
  chooseTheme("light");

  expect(count).toBe(1);
});
