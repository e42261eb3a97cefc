import type { PartFormat, ResultOf } from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import type { ReplayPart } from './replay-part.svelte.js'
import { Task } from '../state/task.svelte.js'

/** Writes the part of a recorded session that is marked into a file of its own. */
export class PartExport {
  readonly task: Task
  readonly #caller: Caller
  readonly #part: ReplayPart
  #written = $state.raw<ResultOf<'recording.export'> | undefined>(undefined)

  constructor(caller: Caller, part: ReplayPart) {
    this.#caller = caller
    this.#part = part
    this.task = new Task(caller)
  }

  /** The file that was written last. */
  get written(): ResultOf<'recording.export'> | undefined {
    return this.#written
  }
  dismiss(): void {
    this.#written = undefined
  }

  async write(format: PartFormat): Promise<void> {
    this.#written = undefined
    const { id } = this.#part.session
    this.#written = await this.task.run((task, signal) =>
      this.#caller.call('recording.export', { id, format, part: this.#part.stretch(), task }, { signal }),
    )
  }
}
