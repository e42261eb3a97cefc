/**
 * Does the same for each of many things, for some of them in each frame: what would hold one frame up takes a little of several. Begun anew before
 * it is through, it goes on from where it is and once round, so that none waits longer than the others.
 */
export class Spread {
  readonly #each: (index: number) => void
  readonly #most: number
  readonly #nextFrame: (then: () => void) => void
  #count = 0
  #at = 0
  #left = 0
  #waiting = false

  /** @param most how many in one frame */
  constructor(
    each: (index: number) => void,
    most: number,
    nextFrame: (then: () => void) => void = (then) => requestAnimationFrame(then),
  ) {
    this.#each = each
    this.#most = most
    this.#nextFrame = nextFrame
  }

  /** For all of 0 to `count` - 1, in the frames that come. */
  begin(count: number): void {
    this.#count = this.#left = count
    this.#wait()
  }
  /** For all of them now. */
  atOnce(count: number): void {
    this.#left = 0
    for (let i = 0; i < count; i++) this.#each(i)
  }

  #wait(): void {
    if (this.#waiting || this.#left === 0) return
    this.#waiting = true
    this.#nextFrame(() => {
      this.#waiting = false
      this.#some()
      this.#wait()
    })
  }
  #some(): void {
    for (let n = Math.min(this.#most, this.#left); n > 0; n--) {
      this.#at %= this.#count
      this.#each(this.#at++)
      this.#left--
    }
  }
}
