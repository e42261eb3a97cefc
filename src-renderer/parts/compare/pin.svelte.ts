import type { PageRow } from '../../../src-main/contract/index.js'

/** A message, whole, that was put aside, and where it is from: it stays when it has left the engine's memory. */
export interface PinnedMessage {
  readonly session: string
  readonly name: string
  readonly row: PageRow
}

/** The one message that is pinned, whichever desk it is from: another is compared with it. */
class Pin {
  #message = $state.raw<PinnedMessage | undefined>(undefined)

  get message(): PinnedMessage | undefined {
    return this.#message
  }
  put(message: PinnedMessage): void {
    this.#message = message
  }
  take(): void {
    this.#message = undefined
  }
  is(session: string, seq: number): boolean {
    return this.#message?.session === session && this.#message.row.seq === seq
  }
}
export const pin = new Pin()
