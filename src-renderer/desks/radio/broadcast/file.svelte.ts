import { MAX_GENERATED, type FaultShape, type Lines, type SayingLines } from '../../../../src-main/contract/index.js'
import type { Format } from '../../../../src-main/payload/index.js'
import { m } from '../../../paraglide/messages.js'
import type { SessionPane } from '../../../parts/session-pane.svelte.js'
import { faultOf } from '../../../state/workbench.svelte.js'
import { anyNumber } from './numbers.js'

/** Bytes of the file that are read at a time: it is never in memory as a whole. */
const PIECE = 256 * 1024

export const units = ['s', 'ms', 'us', 'ns'] as const
type Unit = (typeof units)[number]

/**
 * A file that is published line by line. The engine cuts and paces; this reads the next piece when it is asked for one, so that a file of any size takes half a
 * megabyte here, and a hidden page goes on.
 */
export class FileBroadcast {
  readonly #pane: SessionPane
  #file = $state.raw<File | undefined>(undefined)
  #fault = $state.raw<FaultShape | undefined>(undefined)
  pace = $state<'rate' | 'time'>('rate')
  /** As typed: lines a second; a column from 1 or a JSON path; how many times as fast. */
  rate = $state('100')
  column = $state('1')
  unit = $state<Unit>('s')
  speed = $state('1')
  format = $state<Format>('text')
  head = $state(false)

  constructor(pane: SessionPane) {
    this.#pane = pane
  }

  get file(): File | undefined {
    return this.#file
  }
  /** Why the file could not be read. */
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  dismiss(): void {
    this.#fault = undefined
  }
  pick(file: File | undefined): void {
    if (file === undefined) return
    this.#file = file
    this.#fault = undefined
  }

  get run(): SayingLines | undefined {
    return this.#pane.session.info.lines
  }
  get running(): boolean {
    const { run } = this
    return run !== undefined && run.state !== 'ended' && run.state !== 'stopped'
  }
  /** Share that is done. */
  get part(): number | undefined {
    const { run } = this
    return run === undefined ? undefined : run.size === 0 ? 1 : run.done / run.size
  }

  readonly rateBad = $derived(anyNumber(this.rate, 0.001, MAX_GENERATED) === undefined)
  readonly speedBad = $derived(anyNumber(this.speed, 0.001, 1000) === undefined)
  readonly columnBad = $derived(this.column.trim() === '' || /^0+$|^\d{4,}$/.test(this.column.trim()))
  /** Why it cannot begin. */
  get blocked(): string | undefined {
    if (!this.#pane.session.open) return m.compose_closed()
    if (this.#file === undefined) return m.air_file_none()
    if (this.pace === 'rate') return this.rateBad ? m.air_rate_bad() : undefined
    return this.columnBad ? m.air_column_bad() : this.speedBad ? m.air_speed_bad() : undefined
  }

  /** @param topic first frame of each message; empty: the line is the only one */
  async start(topic: string): Promise<void> {
    const file = this.#file
    if (file === undefined || this.blocked !== undefined) return
    this.#fault = undefined
    this.#pane.list.follow()
    const { caller } = this.#pane.bench
    const { id } = this.#pane.session
    try {
      const lines = {
        name: file.name.slice(0, 200),
        size: file.size,
        topic,
        format: this.format,
        head: this.head,
        pace: this.#pace(),
      }
      const { feed } = await caller.call('radio.lines', { id, lines })
      void this.#bring(file, feed)
    } catch (error) {
      this.#fault = faultOf(error)
    }
  }
  async hold(hold: boolean): Promise<void> {
    await this.#pane.attempt(() => this.#pane.bench.caller.call('radio.holdLines', { id: this.#pane.session.id, hold }))
  }
  async stop(): Promise<void> {
    await this.#pane.attempt(() => this.#pane.bench.caller.call('radio.stopLines', { id: this.#pane.session.id }))
  }

  #pace(): Lines['pace'] {
    if (this.pace === 'rate') return { kind: 'rate', rate: anyNumber(this.rate) ?? 1 }
    const column = this.column.trim()
    return {
      kind: 'time',
      column: /^\d+$/.test(column) ? Number(column) : column,
      unit: this.unit,
      speed: anyNumber(this.speed) ?? 1,
    }
  }

  async #bring(file: File, feed: number): Promise<void> {
    const { caller } = this.#pane.bench
    const { id } = this.#pane.session
    for (let at = 0; ; at += PIECE) {
      let bytes: Uint8Array<ArrayBuffer>
      try {
        bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer())
      } catch {
        // It was changed or taken away meanwhile.
        this.#fault = { code: 'FILE_GONE', message: m.air_file_gone({ name: file.name }) }
        void caller.call('radio.stopLines', { id }).catch(() => undefined)
        return
      }
      try {
        const end = at + PIECE >= file.size
        const { wanted } = await caller.call('radio.feed', { id, feed, bytes, end })
        if (!wanted || end) return
      } catch {
        // The line is down or the session gone; the engine stops the file then, and says so.
        return
      }
    }
  }
}
