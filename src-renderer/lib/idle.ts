/** Milliseconds in which a page that has just come up is left alone. */
const SETTLE = 1500

/** Does these one after the other, each in a moment in which the page has nothing better to do. */
export function whenIdle(tasks: readonly (() => Promise<void>)[]): void {
  setTimeout(() => void work(tasks), SETTLE)
}

async function work(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  for (const task of tasks) {
    // Not every browser says when it is idle.
    if ('requestIdleCallback' in window) await new Promise((idle) => requestIdleCallback(idle))
    await task()
  }
}
