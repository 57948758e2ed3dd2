import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// What jsdom lacks. Nothing is laid out there, so neither ever reports anything.

window.matchMedia = (query) =>
  Object.assign(new EventTarget(), {
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });

window.ResizeObserver = class {
  observe() {
    // Sizes never change.
  }
  unobserve() {
    // Sizes never change.
  }
  disconnect() {
    // Sizes never change.
  }
};

afterEach(() => {
  cleanup();
  window.localStorage.clear();
});
