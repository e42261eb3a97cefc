import * as v from 'valibot'
import { RecordingSettingsSchema, type FaultShape, type RecordingSettingsInput } from '../../src-main/contract/index.js'
import { m } from '../paraglide/messages.js'

const DAY = 86_400
const MIB = 1024 * 1024

/** A setting that is typed as a number, and what one of it is in the contract's unit. */
interface Amount {
  readonly word: () => string
  readonly unit: number
  readonly min: number
  readonly max: number
}
const amount = (word: () => string, unit: number, min: number, max: number): Amount => ({ word, unit, min, max })

/** The bounds are for the sentence; the schema has the last word. */
export const amounts = {
  every: amount(m.record_every, 60, 1, 366 * 1440),
  stopAfter: amount(m.record_stop_time, 1, 1, 366 * DAY),
  stopBytes: amount(m.record_stop_size, MIB, 1, 1_000_000_000),
  splitBytes: amount(m.record_split_size, MIB, 1, 1_000_000),
  splitSeconds: amount(m.record_split_time, 1, 1, 366 * DAY),
} as const
export type AmountName = keyof typeof amounts
export const amountNames = Object.keys(amounts) as AmountName[]

const before = amount(m.record_before, 1, 0, 366 * DAY)
const after = amount(m.record_after, 1, 0, 366 * DAY)

export const triggers = ['none', 'topic', 'text', 'regex', 'json', 'gap'] as const
export type TriggerKind = (typeof triggers)[number]

type More = Omit<RecordingSettingsInput, 'sessions' | 'name' | 'past'>

/** How a recording goes on, splits, ends and begins: all that is not needed to record at once. */
export class RecordMore {
  json = $state(true)
  /** As typed; '': not wanted. */
  typed = $state<Record<AmountName, string>>({
    splitBytes: '',
    splitSeconds: '',
    stopBytes: '',
    stopAfter: '',
    every: '',
  })
  /** A local time, as the browser's field for one gives it. */
  at = $state('')
  trigger = $state<TriggerKind>('none')
  /** What the trigger looks for: a topic's beginning, text, a pattern, or where in the JSON. */
  pattern = $state('')
  is = $state<'=' | '!=' | '<' | '<=' | '>' | '>=' | 'exists'>('exists')
  value = $state('')
  before = $state('0')
  after = $state('10')
  again = $state(false)

  /** How many settings are not as they are at first: a closed form says so. */
  get changed(): number {
    const typed = Object.values(this.typed).filter((text) => text.trim() !== '')
    return typed.length + (this.json ? 0 : 1) + (this.at === '' ? 0 : 1) + (this.trigger === 'none' ? 0 : 1)
  }

  /** What the contract takes, or the sentence on what it does not. */
  read(): { readonly more: More } | { readonly fault: FaultShape } {
    const more: More = { json: this.json }
    for (const name of amountNames) {
      if (this.typed[name].trim() === '') continue
      const read = readAmount(amounts[name], this.typed[name])
      if (typeof read !== 'number') return { fault: read }
      more[name] = read
    }
    if (this.at !== '') {
      more.at = new Date(this.at).getTime()
      if (Number.isNaN(more.at)) return { fault: bad(m.record_bad_time({ text: this.at })) }
    }
    const read = this.trigger === 'none' ? undefined : this.#trigger()
    if (read !== undefined && 'code' in read) return { fault: read }
    if (read !== undefined) more.trigger = read
    const { success } = v.safeParse(RecordingSettingsSchema, { sessions: 'all', ...more })
    return success ? { more } : { fault: bad(m.record_bad_time({ text: this.at })) }
  }

  #trigger(): NonNullable<More['trigger']> | FaultShape {
    const [from, until] = [readAmount(before, this.before), readAmount(after, this.after)]
    if (typeof from !== 'number') return from
    if (typeof until !== 'number') return until
    const times = { before: from, after: until, again: this.again }
    if (this.trigger === 'gap') return { on: { kind: 'gap' }, ...times }
    if (this.pattern === '') return bad(m.record_bad_trigger())
    const filter =
      this.trigger === 'json'
        ? { json: { path: this.pattern, is: this.is, value: this.value } }
        : { [this.trigger]: this.pattern }
    return { on: { kind: 'message', filter }, ...times }
  }
}

function readAmount({ word, unit, min, max }: Amount, text: string): number | FaultShape {
  const plain = text.trim()
  const value = /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : NaN
  if (!(value >= min && value <= max)) return bad(m.record_bad_amount({ field: word(), text: plain, min, max }))
  return unit === MIB ? Math.round(value * unit) : value * unit
}

const bad = (message: string): FaultShape => ({ code: 'BAD_SETTINGS', message })
