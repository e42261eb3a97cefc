import { MAX_PRESETS, type Preset, type SettingsOf } from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import { newId } from '../../../lib/new-id.js'
import { m } from '../../../paraglide/messages.js'
import type { ProfileState } from '../../../state/profile.svelte.js'
import type { SessionView } from '../../../state/session.svelte.js'

type Subscriber = SettingsOf<'subscriber'>
/** What a preset sets: the rest of a subscriber's settings stays. */
type Tuning = Pick<Subscriber, 'endpoints' | 'topics' | 'radio'>

const tuningOf = ({ endpoints, topics, radio }: Tuning): Tuning => ({ endpoints, topics, radio })
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
/** Whether two tunings are the same, in whatever order topics were subscribed to. */
const alike = (a: Tuning, b: Tuning): boolean =>
  same(a.endpoints, b.endpoints) && same([...a.topics].sort(), [...b.topics].sort()) && same(a.radio, b.radio)

/** What a subscriber can be tuned to, by name. They are kept in the profile: every subscriber has them all. */
export class Presets {
  readonly session: SessionView
  readonly #caller: Caller
  readonly #profile: ProfileState
  #deleted = $state.raw<{ preset: Preset; at: number } | undefined>(undefined)
  /** How it was tuned before a preset was picked. */
  #before = $state.raw<{ tuning: Tuning; name: string } | undefined>(undefined)
  #busy = $state(false)

  constructor(caller: Caller, profile: ProfileState, session: SessionView) {
    this.#caller = caller
    this.#profile = profile
    this.session = session
  }

  get all(): readonly Preset[] {
    return this.#profile.presets
  }
  /** By name, those whose name, addresses or topics have the text. */
  found(text: string): readonly Preset[] {
    const wanted = text.trim().toLowerCase()
    return this.all
      .filter(({ name, endpoints, topics }) =>
        [name, ...endpoints.map(({ address }) => address), ...topics].some((part) =>
          part.toLowerCase().includes(wanted),
        ),
      )
      .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))
  }
  /** The preset that says what the session is now. */
  readonly current: Preset | undefined = $derived.by(() => {
    const { settings } = this.session
    return settings.role === 'subscriber' ? this.all.find((preset) => alike(preset, settings)) : undefined
  })
  get busy(): boolean {
    return this.#busy
  }
  get full(): boolean {
    return this.all.length >= MAX_PRESETS
  }
  /** The preset that was deleted last and can be had back. */
  get deleted(): Preset | undefined {
    return this.#deleted?.preset
  }
  /** The preset that was picked last, as long as one can go back to what was before. */
  get tuned(): string | undefined {
    return this.#before?.name
  }

  named(name: string): Preset | undefined {
    return this.all.find((preset) => preset.name === name.trim())
  }
  /** Keeps what the session is tuned to; a preset of the same name is replaced. */
  save(name: string): void {
    const { settings } = this.session
    const trimmed = name.trim().slice(0, 200)
    if (trimmed === '' || settings.role !== 'subscriber') return
    const known = this.named(trimmed)
    if (known === undefined && this.full) return
    const preset = { id: known?.id ?? newId(), name: trimmed, ...tuningOf(settings) }
    this.#profile.setPresets(
      known === undefined ? [...this.all, preset] : this.all.map((each) => (each === known ? preset : each)),
    )
  }
  /** An empty name, or one that another has, changes nothing. */
  rename(id: string, name: string): void {
    const trimmed = name.trim().slice(0, 200)
    if (trimmed === '' || this.named(trimmed) !== undefined) return
    this.#profile.setPresets(this.all.map((each) => (each.id === id ? { ...each, name: trimmed } : each)))
  }
  remove(id: string): void {
    const at = this.all.findIndex((preset) => preset.id === id)
    const preset = this.all[at]
    if (preset === undefined) return
    this.#deleted = { preset, at }
    this.#profile.setPresets(this.all.toSpliced(at, 1))
  }
  undo(): void {
    const deleted = this.#deleted
    this.#deleted = undefined
    if (deleted === undefined || this.full) return
    // Its name may be another's by now.
    let { name } = deleted.preset
    for (let n = 2; this.named(name) !== undefined; n++) name = m.presets_again({ name: deleted.preset.name, n })
    this.#profile.setPresets(this.all.toSpliced(deleted.at, 0, { ...deleted.preset, name }))
  }

  /** Tunes the session to a preset. Rejects with what the engine refused. */
  async tune(preset: Preset): Promise<void> {
    const { settings } = this.session
    if (settings.role !== 'subscriber') return
    const tuning = tuningOf(settings)
    await this.#become(tuningOf(preset))
    this.#before = { tuning, name: preset.name }
  }
  /** Tunes it to what it was before. */
  async back(): Promise<void> {
    const before = this.#before
    this.#before = undefined
    if (before !== undefined) await this.#become(before.tuning)
  }
  stay(): void {
    this.#before = undefined
    this.#deleted = undefined
  }

  /** Sockets whose stations stay the same stay open: what they hear is not interrupted. */
  async #become(next: Tuning): Promise<void> {
    const { session } = this
    const { settings } = session
    if (settings.role !== 'subscriber') return
    this.#busy = true
    try {
      if (!session.open || !same(settings.endpoints, next.endpoints)) {
        await session.reopen({ ...settings, ...next })
        return
      }
      session.change(await this.#caller.call('radio.set', { id: session.id, radio: next.radio }))
      for (const topic of next.topics) if (!settings.topics.includes(topic)) await session.subscribe(topic)
      for (const topic of settings.topics) if (!next.topics.includes(topic)) await session.unsubscribe(topic)
    } finally {
      this.#busy = false
    }
  }
}
