/** Something that can bring its picture up to date; called at most once a frame. */
export type Drawable = { draw(): void };

/**
 * One animation frame for all charts: however many of them changed, and however often, the browser is asked
 * for a single frame. Browsers hand out no frames to hidden pages, so nothing is drawn there.
 */
export class FrameScheduler {
  readonly #waiting = new Set<Drawable>();
  #isRequested = false;

  request(drawable: Drawable): void {
    this.#waiting.add(drawable);
    if (this.#isRequested) return;
    this.#isRequested = true;
    requestAnimationFrame(() => {
      this.#flush();
    });
  }

  cancel(drawable: Drawable): void {
    this.#waiting.delete(drawable);
  }

  #flush(): void {
    this.#isRequested = false;
    const drawables = [...this.#waiting];
    this.#waiting.clear();
    for (const drawable of drawables) drawable.draw();
  }
}

export const frames = new FrameScheduler();
