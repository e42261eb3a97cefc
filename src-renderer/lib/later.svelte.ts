/**
 * A part of the page that is loaded when it is first wanted, and then kept. What could not be loaded (the line was down) is tried again when it is
 * wanted again.
 */
export class Later<T> {
  #value = $state.raw<T | undefined>(undefined)
  #failed = $state(false)
  #loading = false
  readonly #load: () => Promise<{ readonly default: T }>

  constructor(load: () => Promise<{ readonly default: T }>) {
    this.#load = load
  }

  /** Undefined until it is there. */
  get value(): T | undefined {
    return this.#value
  }
  /** Whether the last try came to nothing. */
  get failed(): boolean {
    return this.#failed
  }

  /** Loads it unless it is there or on its way. Never rejects. */
  async want(): Promise<void> {
    if (this.#value !== undefined || this.#loading) return
    this.#loading = true
    this.#failed = false
    try {
      this.#value = (await this.#load()).default
    } catch {
      this.#failed = true
    } finally {
      this.#loading = false
    }
  }
}
