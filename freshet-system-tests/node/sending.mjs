// What the scripts that drive SDKs share: they send until the line `stop` comes.
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Waits for this line from the test. */
export async function told(wanted) {
  const { value, done } = await lines.next();
  if (done || value !== wanted) throw new Error(`expected the line ${wanted}, got ${done ? "the end" : value}`);
}

/** Calls `send` with 0, 1, 2 and so on until the promise is kept; gives how many there were. */
export async function sendUntil(stop, send, pauseMs = 200) {
  let isStopped = false;
  const stopped = stop.then(() => {
    isStopped = true;
  });
  let count = 0;
  while (!isStopped) {
    await send(count++);
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, pauseMs))]);
  }
  return count;
}
