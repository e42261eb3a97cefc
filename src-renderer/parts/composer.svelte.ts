import type { FaultShape } from '../../src-main/contract/index.js'
import { encode, formats, type Format } from '../../src-main/payload/index.js'
import type { Library } from '../state/library.svelte.js'
import { readJson, type ProfileState } from '../state/profile.svelte.js'
import type { SessionView } from '../state/session.svelte.js'
import { faultOf } from '../state/workbench.svelte.js'

/** What has been typed, as it is kept between two runs. */
export interface Draft {
  readonly format: Format
  readonly frames: readonly string[]
}

/** Sent messages that ↑ brings back. */
const REMEMBERED = 50

/** Under which name a session's unsent text is kept. Ids begin anew with each run, so the address is part of it. */
export const draftKey = ({ id, role, settings }: SessionView): string =>
  `send ${id} ${role} ${settings.endpoints[0]?.address ?? ''}`

/** A message being written: frames as text in one format. Nothing typed is lost: every change goes to the drafts. */
export class Composer {
  readonly library: Library
  readonly #profile: ProfileState
  readonly #key: string
  #format = $state<Format>('text')
  #frames = $state<readonly string[]>([''])
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #history: Draft[] = []
  /** Where in the history we are; its length: at what is being written. */
  #at = 0
  #unsent: Draft | undefined

  constructor(profile: ProfileState, key: string) {
    this.#profile = profile
    this.library = profile.library
    this.#key = key
    const draft = readJson<Draft>(profile.draft(key))
    if (draft !== undefined) this.#take(draft)
    this.#history = readJson<Draft[]>(sessionStorage.getItem(`socketeer.sent.${key}`)) ?? []
    this.#at = this.#history.length
  }

  get format(): Format {
    return this.#format
  }
  set format(format: Format) {
    this.#format = format
    this.#changed()
  }
  get frames(): readonly string[] {
    return this.#frames
  }
  /** Why the last try to send failed. */
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  readonly empty = $derived(this.#frames.every((text) => text === ''))

  /** What is wrong with a frame as it stands; nothing for one that is still empty. */
  problem(index: number): FaultShape | undefined {
    const text = this.#frames[index] ?? ''
    if (text === '') return undefined
    try {
      encode(text, this.#format)
      return undefined
    } catch (error) {
      return faultOf(error)
    }
  }
  readonly sound = $derived(this.#frames.every((_, index) => this.problem(index) === undefined))

  /** The message as it would be sent; undefined while it cannot be. */
  bytes(): Uint8Array[] | undefined {
    return this.sound ? this.#frames.map((text) => encodeFrame(text, this.#format)) : undefined
  }

  type(index: number, text: string): void {
    this.#frames = this.#frames.with(index, text)
    this.#at = this.#history.length
    this.#changed()
  }
  addFrame(): void {
    this.#frames = [...this.#frames, '']
    this.#changed()
  }
  removeFrame(index: number): void {
    if (this.#frames.length === 1) return
    this.#frames = this.#frames.toSpliced(index, 1)
    this.#changed()
  }
  dismiss(): void {
    this.#fault = undefined
  }

  /** The message as bytes, as it stands; it stays in the field. Throws Fault `BAD_PAYLOAD`. */
  encoded(): Uint8Array[] {
    return this.#frames.map((text) => encodeFrame(text, this.#format))
  }

  /**
   * Hands the message to `send`. Only when it was taken is the field emptied; if it was refused, the text stays and the fault says why.
   */
  async send(send: (frames: Uint8Array[]) => Promise<unknown>): Promise<boolean> {
    const draft: Draft = { format: this.#format, frames: this.#frames }
    this.#fault = undefined
    try {
      await send(draft.frames.map((text) => encodeFrame(text, draft.format)))
    } catch (error) {
      this.#fault = faultOf(error)
      return false
    }
    this.#remember(draft)
    // Whoever types on while it is being sent keeps what was typed.
    if (this.#frames === draft.frames) {
      this.#frames = draft.frames.map(() => '')
      this.#changed()
    }
    return true
  }

  /** Takes a message to be worked on. What was being written can be had back with ↑. */
  put(draft: Draft): void {
    this.#remember({ format: this.#format, frames: this.#frames })
    this.#take(draft)
    this.#changed()
  }
  /** Sends another message than the one being written, which stays. */
  async sendOther(draft: Draft, send: (frames: Uint8Array[]) => Promise<unknown>): Promise<boolean> {
    this.#fault = undefined
    try {
      await send(draft.frames.map((text) => encodeFrame(text, draft.format)))
    } catch (error) {
      this.#fault = faultOf(error)
      return false
    }
    this.#remember(draft)
    return true
  }

  /** Brings back a message sent before (-1), or the one after it (1). False at the end of the history. */
  recall(by: -1 | 1): boolean {
    const to = this.#at + by
    if (to < 0 || to > this.#history.length) return false
    if (this.#at === this.#history.length) this.#unsent = { format: this.#format, frames: this.#frames }
    this.#at = to
    const draft = this.#history[to] ?? this.#unsent
    if (draft !== undefined) this.#take(draft)
    this.#changed()
    return true
  }

  #remember(draft: Draft): void {
    const same = JSON.stringify(this.#history.at(-1)) === JSON.stringify(draft)
    if (!same && !draft.frames.every((text) => text === ''))
      this.#history = [...this.#history, draft].slice(-REMEMBERED)
    this.#at = this.#history.length
    try {
      sessionStorage.setItem(`socketeer.sent.${this.#key}`, JSON.stringify(this.#history))
    } catch {
      // The tab's store is full: the history lasts until the page is left.
    }
  }

  #take(draft: Draft): void {
    if (formats.includes(draft.format)) this.#format = draft.format
    if (Array.isArray(draft.frames) && draft.frames.length > 0) this.#frames = draft.frames.map(String)
  }

  #changed(): void {
    const plain = this.#format === 'text' && this.#frames.length === 1 && this.#frames[0] === ''
    this.#profile.setDraft(this.#key, plain ? '' : JSON.stringify({ format: this.#format, frames: this.#frames }))
  }
}

/** An empty field is an empty frame, in every format: only JSON has no empty value. */
function encodeFrame(text: string, format: Format): Uint8Array {
  return text === '' ? new Uint8Array() : encode(text, format)
}
