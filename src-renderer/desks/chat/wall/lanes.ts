import { pixelsPerSecond, type Speed } from './wall.svelte.js'

/** Pixels that a lane takes at least. */
export const LANE = 34
/** Pixels between two messages in a lane, and by how much each may keep further back: in step they would look like a wall that moves. */
const GAP = 36
const JITTER = 220
/** Pixels a second that the animations are made for; the speed is their playback rate. */
const PACE = 100

interface Flight {
  readonly element: HTMLElement
  readonly lane: number
  readonly animation: Animation
  /** Pixels until the next one may follow. */
  readonly way: number
  readonly seq: number
}

/**
 * Sends elements across in lanes. Each flight is one animation of `transform`, which the compositor runs by itself: however busy the page is, it
 * moves evenly. All go at one speed, so none overtakes another in its lane.
 */
export class Lanes {
  readonly #landed: (seq: number) => void
  readonly #flights = new Set<Flight>()
  #last: (Flight | undefined)[] = []
  #width = 0
  #pitch = LANE
  #rate = 1
  #paused = false

  /** @param landed a message has left at the other side. */
  constructor(landed: (seq: number) => void) {
    this.#landed = landed
  }

  /** @param height pixels, over which the lanes are spread evenly */
  resize(width: number, height: number, lanes: number): void {
    this.#width = width
    this.#pitch = Math.max(LANE, height / Math.max(1, lanes))
    this.#last.length = Math.max(0, lanes)
    for (const { element, lane } of this.#flights) {
      element.style.top = this.#topOf(lane)
      // Its lane is gone: it goes on unseen.
      element.style.visibility = lane < lanes ? '' : 'hidden'
    }
  }
  speed(speed: Speed): void {
    this.#rate = pixelsPerSecond[speed] / PACE
    for (const { animation } of this.#flights) animation.updatePlaybackRate(this.#rate)
  }
  pause(on: boolean): void {
    this.#paused = on
    for (const { animation } of this.#flights)
      if (on) animation.pause()
      else animation.play()
  }
  /** Lanes whose last message has come in whole. */
  get room(): number {
    return this.#width === 0 ? 0 : this.#free().length
  }

  /** Sends them off, each in a lane of its own as far as there are. Widths are read for all before anything is moved. */
  launch(elements: readonly { element: HTMLElement; seq: number }[]): void {
    const widths = elements.map(({ element }) => element.offsetWidth)
    const free = this.#free()
    elements.forEach(({ element, seq }, i) => {
      // A lane at random among the free: in order they would form a staircase.
      const [lane = i % Math.max(1, this.#last.length)] = free.splice(Math.floor(Math.random() * free.length), 1)
      const width = widths[i] ?? 0
      const start = this.#width + Math.random() * JITTER
      element.style.top = this.#topOf(lane)
      const animation = element.animate(
        [{ transform: `translateX(${start}px)` }, { transform: `translateX(${-width}px)` }],
        { duration: ((start + width) / PACE) * 1000, fill: 'both' },
      )
      animation.playbackRate = this.#rate
      if (this.#paused) animation.pause()
      const flight = { element, lane, animation, way: start - this.#width + width + GAP, seq }
      this.#flights.add(flight)
      this.#last[lane] = flight
      animation.onfinish = () => {
        this.#flights.delete(flight)
        this.#landed(seq)
      }
    })
  }

  stop(): void {
    for (const { animation } of this.#flights) animation.cancel()
    this.#flights.clear()
    this.#last = Array.from({ length: this.#last.length }, () => undefined)
  }

  #topOf(lane: number): string {
    return `${lane * this.#pitch + (this.#pitch - LANE) / 2}px`
  }

  #free(): number[] {
    const free: number[] = []
    for (let lane = 0; lane < this.#last.length; lane++) {
      const flight = this.#last[lane]
      const way = flight === undefined ? Infinity : (Number(flight.animation.currentTime ?? 0) / 1000) * PACE
      if (flight === undefined || !this.#flights.has(flight) || way >= flight.way) free.push(lane)
    }
    return free
  }
}
