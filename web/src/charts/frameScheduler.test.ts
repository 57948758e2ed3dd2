import { beforeEach, expect, test, vi } from "vitest";
import { FrameScheduler, type Drawable } from "./frameScheduler";

class CountingDrawable implements Drawable {
  count = 0;

  draw(): void {
    this.count++;
  }
}

let requested: FrameRequestCallback[];

beforeEach(() => {
  requested = [];
  vi.spyOn(window, "requestAnimationFrame").mockImplementation((callback) => requested.push(callback));
});

function showFrame(): void {
  for (const callback of requested.splice(0)) callback(0);
}

test("many changes of many charts ask for one frame and draw each chart once", () => {
  const scheduler = new FrameScheduler();
  const [first, second] = [new CountingDrawable(), new CountingDrawable()];
  scheduler.request(first);
  scheduler.request(first);
  scheduler.request(second);

  expect(requested).toHaveLength(1);
  showFrame();

  expect([first.count, second.count]).toEqual([1, 1]);
});

test("a chart that is gone is not drawn", () => {
  const scheduler = new FrameScheduler();
  const [gone, staying] = [new CountingDrawable(), new CountingDrawable()];
  scheduler.request(gone);
  scheduler.request(staying);
  scheduler.cancel(gone);
  showFrame();

  expect([gone.count, staying.count]).toEqual([0, 1]);
});

test("a chart that asks again while it is drawn gets the next frame", () => {
  const scheduler = new FrameScheduler();
  let count = 0;
  const restless: Drawable = {
    draw() {
      count++;
      if (count === 1) scheduler.request(restless);
    },
  };
  scheduler.request(restless);
  showFrame();
  expect(count).toBe(1);
  showFrame();

  expect(count).toBe(2);
  expect(requested).toHaveLength(0);
});
