/** Milliseconds from one look to the next: figures change at most four times a second. */
export const PACE = 250

/**
 * Asks again and again while something is shown, `pace` ms from one begin to the next and never two at once. A hidden page asks nothing.
 * @param ask what fails is not this clock's business
 * @returns ends it
 */
export function poll(ask: () => Promise<unknown>, pace = PACE): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false
  const round = async (): Promise<void> => {
    const began = performance.now()
    if (!document.hidden) await ask()
    if (!ended) timer = setTimeout(() => void round(), Math.max(50, pace - (performance.now() - began)))
  }
  void round()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
