/** A new ring's places; a power of two. */
const PLACES = 1024

/** Tasks that were handed over, in the order in which they were: those that are due to be handed over again stand in front. */
export class Handed {
  #tasks = new Uint32Array(PLACES)
  #times = new Float64Array(PLACES)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(task: number, time: number): void {
    const size = this.#tasks.length
    if (this.#length === size) this.#grow()
    const at = (this.#head + this.#length++) & (this.#tasks.length - 1)
    this.#tasks[at] = task
    this.#times[at] = time
  }

  /** When the one in front was handed over. */
  get first(): number {
    return this.#times[this.#head]!
  }

  shift(): number {
    const task = this.#tasks[this.#head]!
    this.#head = (this.#head + 1) & (this.#tasks.length - 1)
    this.#length--
    return task
  }

  #grow(): void {
    const size = this.#tasks.length
    const tasks = new Uint32Array(size * 2)
    const times = new Float64Array(size * 2)
    for (let i = 0; i < this.#length; i++) {
      tasks[i] = this.#tasks[(this.#head + i) & (size - 1)]!
      times[i] = this.#times[(this.#head + i) & (size - 1)]!
    }
    this.#tasks = tasks
    this.#times = times
    this.#head = 0
  }
}
