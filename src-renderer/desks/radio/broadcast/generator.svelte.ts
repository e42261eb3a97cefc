import * as v from 'valibot'
import {
  channelFormats,
  ChannelsSchema,
  MAX_GENERATED,
  type Channel,
  type Generating,
} from '../../../../src-main/contract/index.js'
import { count } from '../../../lib/format.js'
import { m } from '../../../paraglide/messages.js'
import type { SessionPane } from '../../../parts/session-pane.svelte.js'
import { readJson } from '../../../state/profile.svelte.js'
import { anyNumber } from './numbers.js'

export const shapes = ['sine', 'ramp', 'square', 'noise', 'walk', 'vehicle'] as const
export type ShapeKind = (typeof shapes)[number]
type ChannelFormat = (typeof channelFormats)[number]

/** A channel as it is typed. */
export interface ChannelRow {
  topic: string
  shape: ShapeKind
  rate: string
  frequency: string
  amplitude: string
  offset: string
  format: ChannelFormat
}
export type NumberField = 'rate' | 'frequency' | 'amplitude' | 'offset'

const row = (topic: string, shape: ShapeKind, rate: number, more: Partial<ChannelRow> = {}): ChannelRow => ({
  topic,
  shape,
  rate: String(rate),
  frequency: '1',
  amplitude: '1',
  offset: '0',
  format: 'json',
  ...more,
})

/** Sets of channels to begin with. */
export const sets: Readonly<Record<'vehicle' | 'sine' | 'rig' | 'limit', readonly ChannelRow[]>> = {
  vehicle: [row('vehicle/state', 'vehicle', 50)],
  sine: [row('signal/sine', 'sine', 100)],
  rig: [
    row('vehicle/state', 'vehicle', 100),
    row('imu/vibration', 'noise', 1000, { amplitude: '0.2', offset: '9.81', format: 'binary' }),
    row('battery/temperature', 'walk', 2, { amplitude: '0.1', offset: '24' }),
    row('lights/indicator', 'square', 10, { amplitude: '0.5', offset: '0.5', frequency: '0.7' }),
  ],
  limit: [row('load/sine', 'sine', MAX_GENERATED, { format: 'binary' })],
}

const fields: Readonly<Record<ShapeKind, readonly Exclude<NumberField, 'rate'>[]>> = {
  sine: ['frequency', 'amplitude', 'offset'],
  ramp: ['frequency', 'amplitude', 'offset'],
  square: ['frequency', 'amplitude', 'offset'],
  noise: ['amplitude', 'offset'],
  walk: ['amplitude', 'offset'],
  vehicle: [],
}

/** Channels of made-up signals as they are typed, and the generator that says them. */
export class GeneratorForm {
  readonly #pane: SessionPane
  readonly #key: string
  #rows = $state.raw<readonly ChannelRow[]>(sets.vehicle)

  constructor(pane: SessionPane, key: string) {
    this.#pane = pane
    this.#key = key
    const kept = readJson<ChannelRow[]>(pane.bench.profile.draft(key))
    if (Array.isArray(kept) && kept.length > 0 && kept.every(isRow)) this.#rows = kept
  }

  get rows(): readonly ChannelRow[] {
    return this.#rows
  }
  /** Which numbers this shape has. */
  fields(shape: ShapeKind): readonly Exclude<NumberField, 'rate'>[] {
    return fields[shape]
  }
  change(index: number, change: Partial<ChannelRow>): void {
    const before = this.#rows[index]
    if (before !== undefined) this.#set(this.#rows.with(index, { ...before, ...change }))
  }
  add(): void {
    this.#set([...this.#rows, row(`signal/${this.#rows.length + 1}`, 'sine', 100)])
  }
  remove(index: number): void {
    if (this.#rows.length > 1) this.#set(this.#rows.toSpliced(index, 1))
  }
  use(name: keyof typeof sets): void {
    this.#set(sets[name])
  }

  /** Whether a number cannot be taken as it is typed. */
  bad(channel: ChannelRow, field: NumberField): boolean {
    if (field === 'rate') return anyNumber(channel.rate, 0.001, MAX_GENERATED) === undefined
    if (field === 'frequency') return anyNumber(channel.frequency, 0, 1e9) === undefined
    return anyNumber(channel[field]) === undefined
  }
  /** Messages a second in all, as typed. */
  readonly total = $derived(this.#rows.reduce((sum, { rate }) => sum + (anyNumber(rate, 0, 1e9) ?? 0), 0))
  readonly over = $derived(this.total > MAX_GENERATED)
  readonly #channels = $derived.by((): Channel[] | undefined => {
    if (this.#rows.some((each) => (['rate', ...fields[each.shape]] as const).some((field) => this.bad(each, field))))
      return undefined
    const given = this.#rows.map((each) => ({
      topic: each.topic,
      rate: Number(each.rate),
      format: each.format,
      shape: {
        kind: each.shape,
        ...Object.fromEntries(fields[each.shape].map((field) => [field, anyNumber(each[field])])),
      },
    }))
    const checked = v.safeParse(ChannelsSchema, given)
    return checked.success ? checked.output : undefined
  })
  /** Why it cannot begin. */
  get blocked(): string | undefined {
    if (!this.#pane.session.open) return m.compose_closed()
    if (this.over) return m.air_over({ n: count(this.total), limit: count(MAX_GENERATED) })
    return this.#channels === undefined ? m.air_channel_bad() : undefined
  }

  get run(): Generating | undefined {
    return this.#pane.session.info.generating
  }
  get running(): boolean {
    return this.run?.running === true
  }
  async start(): Promise<void> {
    const channels = this.#channels
    if (channels === undefined || this.blocked !== undefined) return
    this.#pane.list.follow()
    await this.#pane.attempt(() =>
      this.#pane.bench.caller.call('radio.generate', { id: this.#pane.session.id, channels }),
    )
  }
  async stop(): Promise<void> {
    await this.#pane.attempt(() => this.#pane.bench.caller.call('radio.stopGenerate', { id: this.#pane.session.id }))
  }

  #set(rows: readonly ChannelRow[]): void {
    this.#rows = rows
    this.#pane.bench.profile.setDraft(this.#key, JSON.stringify(rows))
  }
}

const texts = ['topic', 'rate', 'frequency', 'amplitude', 'offset'] as const
function isRow(value: ChannelRow | null): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    texts.every((name) => typeof value[name] === 'string') &&
    shapes.includes(value.shape) &&
    channelFormats.includes(value.format)
  )
}
