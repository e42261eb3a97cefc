import type { FaultShape, PageFrame, PageRow } from '../../src-main/contract/index.js'
import {
  decodeText,
  decodeTextLossy,
  detect,
  hexRows,
  isJson,
  isPrintable,
  prettyJson,
  toBase64,
  toHex,
} from '../../src-main/payload/index.js'
import { visible } from '../lib/visible.js'
import type { SessionView } from '../state/session.svelte.js'
import { faultOf } from '../state/workbench.svelte.js'
import { foldLines } from './fold-lines.js'

export const views = ['text', 'json', 'hex', 'base64'] as const
export type View = (typeof views)[number]

/** Bytes from which JSON is laid out only on request, and not looked for: finding out takes longer than a frame of the screen. */
const BIG = 1024 * 1024

const none: PageFrame = { size: 0, bytes: new Uint8Array() }

/** One message, whole, a frame of it at a time. However large the frame, only the lines in view are ever made. */
export class Inspector {
  readonly session: SessionView
  #row = $state.raw<PageRow | undefined>(undefined)
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #frame = $state(0)
  #view = $state<View>('text')
  #laidOut = $state(false)
  #asked: AbortController | undefined
  /** Told by the window that shows the lines; until then, 0, no line is folded: a large frame is folded once, not twice. */
  columns = $state(0)

  constructor(session: SessionView) {
    this.session = session
  }

  get row(): PageRow | undefined {
    return this.#row
  }
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  get frameIndex(): number {
    return this.#frame
  }
  get view(): View {
    return this.#view
  }

  readonly #bytes = $derived((this.#row?.frames[this.#frame] ?? none).bytes)
  readonly #text = $derived(decodeText(this.#bytes))
  readonly big = $derived(this.#bytes.length > BIG)

  /** What cannot be shown as asked, and is shown otherwise. */
  readonly note = $derived.by((): 'not-text' | 'not-json' | 'big-json' | undefined => {
    if ((this.#view === 'text' || this.#view === 'json') && this.#text === undefined) return 'not-text'
    if (this.#view !== 'json') return undefined
    if (this.big && !this.#laidOut) return 'big-json'
    return this.#text !== undefined && isJson(this.#text) ? undefined : 'not-json'
  })

  /** The whole frame as text of the present view: what is copied, and what is folded into lines. */
  readonly #shown = $derived.by((): string => {
    const text = this.#text ?? decodeTextLossy(this.#bytes)
    return this.#view === 'json' && this.note === undefined ? prettyJson(text) : text
  })
  readonly #folds = $derived(this.columns === 0 ? new Uint32Array() : foldLines(this.#shown, this.columns))

  /** The lines of the present view, made as they are asked for. */
  readonly lines = $derived.by((): { count: number; at: (index: number) => string } => {
    const bytes = this.#bytes
    if (this.#view === 'hex') {
      const width = this.columns >= 76 ? 16 : this.columns >= 44 ? 8 : 4
      return {
        count: Math.ceil(bytes.length / width),
        at: (index) => {
          const row = hexRows(bytes, index, 1, width)[0]
          return row === undefined ? '' : `${row.offset.toString(16).padStart(8, '0')}  ${row.hex}  ${row.ascii}`
        },
      }
    }
    if (this.#view === 'base64') {
      const width = Math.max(3, Math.floor(Math.min(this.columns, 76) / 4) * 3)
      return {
        count: Math.ceil(bytes.length / width),
        at: (index) => toBase64(bytes.subarray(index * width, (index + 1) * width)),
      }
    }
    const text = this.#shown
    const starts = this.#folds
    return {
      count: starts.length,
      at: (index) => visible(text.slice(starts[index], starts[index + 1] ?? text.length).replace(/\n$/, '')),
    }
  })

  /** Fetches a row, whole, and shows its frame with the payload (the last one). 0 empties the inspector. */
  async load(seq: number): Promise<void> {
    this.#asked?.abort()
    this.#fault = undefined
    if (seq === 0) {
      this.#row = undefined
      return
    }
    const asked = new AbortController()
    this.#asked = asked
    try {
      const row = await this.session.message(seq, { signal: asked.signal })
      this.#row = row
      this.showFrame(row.frames.length - 1)
    } catch (error) {
      if (asked.signal.aborted) return
      this.#row = undefined
      this.#fault = faultOf(error)
    }
  }

  showFrame(index: number): void {
    this.#frame = index
    this.#laidOut = false
    const { bytes } = this.#row?.frames[index] ?? none
    if (bytes.length <= BIG) {
      const shown = detect(bytes)
      this.#view = views.find((view) => view === shown) ?? 'hex'
    } else {
      this.#view = this.#text !== undefined && isPrintable(this.#text) ? 'text' : 'hex'
    }
  }
  show(view: View): void {
    this.#view = view
  }
  /** Lays large JSON out all the same. */
  layOut(): void {
    this.#laidOut = true
  }

  copyText(): string {
    if (this.#view === 'hex') return toHex(this.#bytes)
    if (this.#view === 'base64') return toBase64(this.#bytes)
    return this.#shown
  }
}
