import type { FaultShape, PageFrame, PageRow } from '../../src-main/contract/index.js'
import {
  decode,
  decodeText,
  decodeTextLossy,
  detect,
  formats,
  hexRows,
  imageInfo,
  isDrawable,
  toBase64,
  toHex,
  treeFormats,
  TreeReading,
  type Format,
  type TreeFormat,
} from '../../src-main/payload/index.js'
import { visible } from '../lib/visible.js'
import type { SessionView } from '../state/session.svelte.js'
import { faultOf } from '../state/workbench.svelte.js'
import { foldLines } from './fold-lines.js'
import { TreeView } from './tree-view.svelte.js'

export const views = ['text', 'json', 'msgpack', 'cbor', 'hex', 'base64', 'image'] as const
export type View = (typeof views)[number]

/** Milliseconds that reading a tree may take at a time: the page stays at hand. */
const SLICE = 12
const FIRST_SLICE = 4
/** Bytes up to which a frame is tried as a tree just to offer its JSON for copying. */
const TRIED = 1024 * 1024

const none: PageFrame = { size: 0, bytes: new Uint8Array() }

const isTree = (view: View): view is TreeFormat => (treeFormats as readonly string[]).includes(view)

/**
 * One message, whole, a frame of it at a time. However large the frame, only the lines in view are ever made, and trees are read in
 * slices. How a frame is shown is found out by itself; what a person picks instead is remembered for the session.
 */
export class Inspector {
  readonly session: SessionView
  readonly #remember: string
  #row = $state.raw<PageRow | undefined>(undefined)
  #peer = $state.raw<string | undefined>(undefined)
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #frame = $state(0)
  #view = $state<View>('text')
  /** The view that suits the frame best. */
  #fitting: View = 'text'
  #tree = $state.raw<TreeView | undefined>(undefined)
  #treeFault = $state.raw<FaultShape | undefined>(undefined)
  /** Raised with each frame and view: what was being read for another is dropped. */
  #reading = 0
  #asked: AbortController | undefined
  /** Told by the window that shows the lines; until then, 0, no line is folded: a large frame is folded once, not twice. */
  columns = $state(0)

  constructor(session: SessionView) {
    this.session = session
    // Ids begin anew with each run, so the address is part of it.
    this.#remember = `socketeer.view.${session.id} ${session.role} ${session.settings.endpoints[0]?.address ?? ''}`
  }

  get row(): PageRow | undefined {
    return this.#row
  }
  /** Where the row came from; '' where that is not known, undefined where it is no question: it was sent here, or the role has names of its own for its peers. */
  get peer(): string | undefined {
    return this.#peer
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
  /** The frame as a tree, where that is how it is shown and it has been read. */
  get tree(): TreeView | undefined {
    return this.#tree
  }

  readonly bytes = $derived((this.#row?.frames[this.#frame] ?? none).bytes)
  readonly #text = $derived(decodeText(this.bytes))
  readonly image = $derived(imageInfo(this.bytes))
  /** The image for an `img`, unless drawing it could stop the page. */
  readonly imageUrl = $derived(
    this.#view === 'image' && this.image !== undefined && isDrawable(this.image)
      ? `data:${this.image.type};base64,${toBase64(this.bytes)}`
      : undefined,
  )
  /** Views that can be picked for this frame. */
  readonly views = $derived(views.filter((view) => view !== 'image' || this.image !== undefined))

  /** What stands on the screen: what cannot be shown as asked is shown otherwise. */
  readonly shownAs = $derived.by((): 'text' | 'hex' | 'base64' | 'tree' | 'image' | 'reading' => {
    if (!isTree(this.#view)) return this.#view
    if (this.#tree !== undefined) return 'tree'
    if (this.#treeFault === undefined) return 'reading'
    return this.#view === 'json' && this.#text !== undefined ? 'text' : 'hex'
  })
  /** Why it is not shown as asked. */
  readonly note = $derived.by((): { kind: 'not-text' } | { kind: 'bad-tree'; fault: FaultShape } | undefined => {
    if (this.#view === 'text' && this.#text === undefined) return { kind: 'not-text' }
    return isTree(this.#view) && this.#treeFault !== undefined
      ? { kind: 'bad-tree', fault: this.#treeFault }
      : undefined
  })

  readonly #shown = $derived(this.#text ?? decodeTextLossy(this.bytes))
  readonly #folds = $derived(this.columns === 0 ? new Uint32Array() : foldLines(this.#shown, this.columns))

  /** Bytes in a line of hex. */
  readonly hexWidth = $derived(this.columns >= 76 ? 16 : this.columns >= 44 ? 8 : 4)

  /** The lines of text, hex and Base64, made as they are asked for. */
  readonly lines = $derived.by((): { count: number; at: (index: number) => string } => {
    const { bytes } = this
    if (this.shownAs === 'hex') {
      const width = this.hexWidth
      return {
        count: Math.ceil(bytes.length / width),
        at: (index) => {
          const row = hexRows(bytes, index, 1, width)[0]
          return row === undefined ? '' : `${row.offset.toString(16).padStart(8, '0')}  ${row.hex}  ${row.ascii}`
        },
      }
    }
    if (this.shownAs === 'base64') {
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
      this.#stopReading()
      return
    }
    const asked = new AbortController()
    this.#asked = asked
    try {
      const row = await this.session.message(seq, { signal: asked.signal })
      const { role } = this.session
      const asks = row.direction === 'in' && (role === 'subscriber' || role === 'sink')
      this.#peer = asks ? ((await this.session.peerOf(seq, { signal: asked.signal })) ?? '') : undefined
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
    this.#fitting = detect(this.bytes, this.#text)
    const wanted = this.#wanted()
    this.#view = wanted !== undefined && this.#fits(wanted) ? wanted : this.#fitting
    this.#read()
  }
  /** Shows the frame so, and those to come as far as they can be; picking what would have been found by itself ends that. */
  show(view: View): void {
    this.#view = view
    try {
      sessionStorage.setItem(this.#remember, view === this.#fitting ? '' : view)
    } catch {
      // The tab's store is full: then it is not remembered.
    }
    this.#read()
  }

  #wanted(): View | undefined {
    const remembered = sessionStorage.getItem(this.#remember)
    return views.find((view) => view === remembered)
  }
  /** Whether a frame nobody has looked at yet may be shown so. Any bytes are text, hex and Base64; the others must be it. */
  #fits(view: View): boolean {
    if (view === 'image') return this.image !== undefined
    if (!isTree(view)) return true
    const reading = new TreeReading(this.bytes, view, this.#text)
    reading.advance(3)
    return reading.fault === undefined
  }

  #stopReading(): void {
    this.#reading++
    this.#tree = undefined
    this.#treeFault = undefined
  }
  /** Reads the frame as a tree if it is to be shown as one: small ones at once, large ones a slice at a time. */
  #read(): void {
    this.#stopReading()
    if (!isTree(this.#view)) return
    const turn = this.#reading
    const reading = new TreeReading(this.bytes, this.#view, this.#text)
    const goOn = (slice = SLICE): void => {
      if (turn !== this.#reading) return
      const end = performance.now() + slice
      while (!reading.advance() && performance.now() < end);
      if (!reading.done) {
        setTimeout(goOn)
        return
      }
      this.#treeFault = reading.fault?.shape()
      this.#tree = reading.document === undefined ? undefined : new TreeView(reading.document)
    }
    // What it is was found out in this same turn: a large one goes on in the next.
    goOn(FIRST_SLICE)
  }

  /** What the frame can be copied as. */
  readonly copies = $derived(
    formats.filter((format) => (format === 'json' ? this.#jsonFormat !== undefined : !isTree(format))),
  )
  /** What the frame is read as for its JSON. */
  readonly #jsonFormat = $derived.by((): Format | undefined => {
    if (this.#tree !== undefined) return this.#tree.document.format
    if (this.bytes.length > TRIED) return undefined
    const found = detect(this.bytes, this.#text)
    return found === 'json' || found === 'msgpack' || found === 'cbor' ? found : undefined
  })
  copyAs(format: Format): string {
    if (format !== 'json') return decode(this.bytes, format)
    return this.#tree?.document.prettyJson(0) ?? decode(this.bytes, this.#jsonFormat ?? 'json')
  }
  /** The frame as it is shown: a tree as JSON, an image as Base64. */
  copyText(): string {
    switch (this.shownAs) {
      case 'tree':
        return this.copyAs('json')
      case 'hex':
        return toHex(this.bytes)
      case 'base64':
      case 'image':
        return toBase64(this.bytes)
      default:
        return this.#shown
    }
  }
}
