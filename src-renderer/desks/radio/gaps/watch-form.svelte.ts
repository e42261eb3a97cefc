import {
  Fault,
  numberTypes,
  type FaultShape,
  type NumberType,
  type Place,
  type Reading,
} from '../../../../src-main/contract/index.js'
import { parseLayout } from '../../../../src-main/payload/struct.js'
import type { Caller } from '../../../bridge/client.js'
import { faultOf } from '../../../state/workbench.svelte.js'
import { unitOf, type Unit } from './time-unit.js'

export const placeKinds = ['json', 'msgpack', 'cbor', 'number', 'struct'] as const
export type PlaceKind = (typeof placeKinds)[number]

/** Milliseconds that typing may rest before it is read, and between two readings of what is newest. */
const PAUSE = 250

/** A number to be watched, as a person describes it: where in a message it stands, and what the newest messages have there. */
export class WatchForm {
  readonly #caller: Caller
  readonly #id: string
  use = $state<'sequence' | 'timestamp'>('sequence')
  kind = $state<PlaceKind>('number')
  path = $state('')
  offset = $state('0')
  type = $state<NumberType>('u32')
  endian = $state<'little' | 'big'>('little')
  layout = $state('')
  /** A number's name in the layout. */
  field = $state('')
  /** As typed: 1 is the first; empty the last. */
  frame = $state('')
  /** Undefined: by what stands there. */
  #unit = $state<Unit | undefined>()
  #readings = $state.raw<readonly Reading[]>([])
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #later: ReturnType<typeof setTimeout> | undefined
  #asking = false

  constructor(caller: Caller, id: string) {
    this.#caller = caller
    this.#id = id
  }

  /** The numbers of the layout, and why it cannot be read. */
  readonly fields: { names: readonly string[]; fault: FaultShape | undefined } = $derived.by(() => {
    if (this.kind !== 'struct' || this.layout.trim() === '') return { names: [], fault: undefined }
    try {
      const names = parseLayout(this.layout).fields.flatMap(({ name, code, list, count }) =>
        code === 's' ? [] : list ? Array.from({ length: Math.min(count, 64) }, (_, i) => `${name}[${i}]`) : [name],
      )
      return { names, fault: undefined }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return { names: [], fault: error.shape() }
    }
  })
  readonly offsetBad = $derived(!/^\d{1,9}$/.test(this.offset.trim()))
  readonly frameBad = $derived(!/^\d{0,4}$/.test(this.frame.trim()) || Number(this.frame) > 1024)
  /** The place as described; undefined while it is none. */
  readonly place = $derived.by((): Place | undefined => {
    if (this.frameBad) return undefined
    const frame = Number(this.frame) > 0 ? Number(this.frame) - 1 : -1
    switch (this.kind) {
      case 'number':
        return this.offsetBad
          ? undefined
          : { kind: 'number', type: this.type, offset: Number(this.offset), endian: this.endian, frame }
      case 'struct': {
        const { names } = this.fields
        const field = names.includes(this.field) ? this.field : names[0]
        return field === undefined ? undefined : { kind: 'struct', layout: this.layout, field, frame }
      }
      default:
        return this.path.trim() === '' ? undefined : { kind: this.kind, path: this.path.trim(), frame }
    }
  })

  /** What the newest messages have there, newest first. */
  get readings(): readonly Reading[] {
    return this.place === undefined ? [] : this.#readings
  }
  get fault(): FaultShape | undefined {
    return this.fields.fault ?? (this.place === undefined ? undefined : this.#fault)
  }
  /** The unit that was picked, or the one in which the newest number is a time of our century. */
  get unit(): Unit {
    return this.#unit ?? unitOf(this.readings.find(({ value }) => value !== undefined)?.value ?? 0)
  }
  set unit(unit: Unit) {
    this.#unit = unit
  }

  /** Describes a place that was pointed at. */
  take(place: Place): void {
    if (place.kind === 'protobuf') return
    this.kind = place.kind
    this.frame = place.frame < 0 ? '' : String(place.frame + 1)
    if (place.kind === 'number') {
      this.offset = String(place.offset)
      this.type = numberTypes.find((type) => type === place.type) ?? 'u32'
      this.endian = place.endian
    } else if (place.kind === 'struct') {
      this.layout = place.layout
      this.field = place.field
    } else this.path = place.path
  }

  /** Reads the place in what is newest, in a moment; called whenever either has changed. */
  look(): void {
    this.#later ??= setTimeout(() => {
      this.#later = undefined
      void this.#read()
    }, PAUSE)
  }
  rest(): void {
    clearTimeout(this.#later)
    this.#later = undefined
  }

  async #read(): Promise<void> {
    const { place } = this
    if (place === undefined || this.#asking) return
    this.#asking = true
    try {
      this.#readings = await this.#caller.call('radio.read', { id: this.#id, place })
      this.#fault = undefined
    } catch (error) {
      this.#readings = []
      this.#fault = faultOf(error)
    } finally {
      this.#asking = false
    }
    if (place !== this.place) this.look()
  }
}
