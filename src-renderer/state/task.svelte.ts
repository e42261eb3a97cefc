import type { FaultShape } from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import { faultOf } from './fault-of.js'

/** A long piece of work, here or on the engine's side: how far it has come, what went wrong with it, and calling it off. */
export class Task {
  static #number = 0
  readonly #caller: Caller
  #stop: AbortController | undefined
  #running = $state(false)
  #done = $state(0)
  #fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(caller: Caller) {
    this.#caller = caller
  }

  get running(): boolean {
    return this.#running
  }
  /** Share that is done, 0 to 1. */
  get done(): number {
    return this.#done
  }
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  dismiss(): void {
    this.#fault = undefined
  }
  cancel(): void {
    this.#stop?.abort()
  }

  /**
   * Does it, one at a time. @param work is told what to call it, and where to say by itself how far it is
   * @returns undefined when it failed, was called off, or another one runs
   */
  async run<T>(
    work: (task: string, signal: AbortSignal, progress: (done: number) => void) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.#running) return undefined
    const name = `task ${++Task.#number}`
    const stop = new AbortController()
    this.#stop = stop
    this.#running = true
    this.#done = 0
    this.#fault = undefined
    const undo = this.#caller.on('progress', ({ task, done }) => {
      if (task === name) this.#done = done
    })
    try {
      return await work(name, stop.signal, (done) => (this.#done = done))
    } catch (error) {
      if (!stop.signal.aborted) this.#fault = faultOf(error)
      return undefined
    } finally {
      undo()
      this.#running = false
    }
  }
}
