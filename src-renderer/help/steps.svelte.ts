/** Milliseconds that one step of a drawing is looked at: long enough to read what it says. */
const PACE = 3200

/** The steps of a drawing, going round by themselves or one by one. Where motion is not wanted, they wait to be asked. */
export class Steps {
  readonly total: number
  at = $state(0)
  playing = $state(!matchMedia('(prefers-reduced-motion: reduce)').matches)

  constructor(total: number) {
    this.total = total
  }

  /** Goes on by itself from now on, while it plays. @returns ends it */
  run(): (() => void) | undefined {
    if (!this.playing) return undefined
    const timer = setInterval(() => {
      if (!document.hidden) this.#forward()
    }, PACE)
    return () => clearInterval(timer)
  }

  /** One step, and no more by itself. */
  next(): void {
    this.playing = false
    this.#forward()
  }

  #forward(): void {
    this.at = (this.at + 1) % this.total
  }
}
