import type { FaultShape, GapReport, GapWatch, Place, RadioSettings } from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { faultOf } from '../../../state/workbench.svelte.js'
import type { Unit } from './time-unit.js'
import { WatchForm } from './watch-form.svelte.js'

export { mayBeTime, unitOf } from './time-unit.js'

/** Milliseconds between two looks at the counts. */
const EVERY = 500

/** Whether anything was lost on the way, as far as the senders' own numbers tell. */
export class Gaps {
  readonly session: SessionView
  /** A place described by hand. */
  readonly form: WatchForm
  /** Whether that is being done while something is watched. */
  describing = $state(false)
  readonly #caller: Caller
  #report = $state.raw<GapReport | undefined>(undefined)
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #later: ReturnType<typeof setTimeout> | undefined

  constructor(caller: Caller, session: SessionView) {
    this.#caller = caller
    this.session = session
    this.form = new WatchForm(caller, session.id)
  }

  get watch(): GapWatch | undefined {
    return this.#radio.gaps
  }
  get report(): GapReport | undefined {
    return this.watch === undefined ? undefined : this.#report
  }
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  dismiss(): void {
    this.#fault = undefined
  }

  /** Counts by the number at this place, from what is in memory on. Each topic has numbers of its own unless told otherwise. */
  async watchSequence(sequence: Place): Promise<void> {
    const { watch } = this
    await this.#set({ ...watch, sequence, modulo: 0, perTopic: watch?.perTopic ?? true })
  }
  async setPerTopic(perTopic: boolean): Promise<void> {
    const { watch } = this
    if (watch !== undefined) await this.#set({ ...watch, perTopic })
  }
  /** Shows delays by the sender's time at this place; without a sequence number beside it nothing is known of loss. */
  async watchTimestamp(place: Place, unit: Unit): Promise<void> {
    const { watch } = this
    await this.#set({ modulo: 0, perTopic: watch?.perTopic ?? true, ...watch, timestamp: { place, unit } })
  }
  async stop(): Promise<void> {
    await this.#set(undefined)
  }
  async reset(): Promise<void> {
    try {
      await this.#caller.call('radio.resetGaps', { id: this.session.id })
      await this.#ask()
    } catch (error) {
      this.#fault = faultOf(error)
    }
  }

  /** Called with each pulse while somebody looks. */
  update(): void {
    if (this.watch === undefined || this.#later !== undefined) return
    this.#later = setTimeout(() => {
      this.#later = undefined
      void this.#ask()
    }, EVERY)
  }
  rest(): void {
    clearTimeout(this.#later)
    this.#later = undefined
  }

  get #radio(): RadioSettings {
    const { settings } = this.session
    return settings.role === 'subscriber'
      ? settings.radio
      : { gaps: undefined, signals: [], protos: [], plots: { list: [], linked: true } }
  }
  async #set(gaps: GapWatch | undefined): Promise<void> {
    this.#fault = undefined
    const { gaps: _, ...rest } = this.#radio
    try {
      const radio = gaps === undefined ? rest : { ...rest, gaps }
      this.session.change(await this.#caller.call('radio.set', { id: this.session.id, radio }))
      this.describing = false
      await this.#ask()
    } catch (error) {
      this.#fault = faultOf(error)
    }
  }
  async #ask(): Promise<void> {
    try {
      this.#report = await this.#caller.call('radio.gaps', { id: this.session.id })
    } catch {
      // The line is down, or the session is gone: the next pulse asks again.
    }
  }
}

/** Where a watched number stands, in a few characters. */
export function placeText(place: Place): string {
  switch (place.kind) {
    case 'number':
      return `${place.type} ${place.endian === 'big' ? 'BE' : 'LE'} @ ${place.offset}`
    case 'struct':
      return place.field
    default:
      return place.path === '' ? '$' : place.path
  }
}
