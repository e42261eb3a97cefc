import type { PageFrame } from '../../../src-main/contract/index.js'
import {
  decodeText,
  decodeTextLossy,
  detect,
  treeFormats,
  TreeReading,
  type Shown,
  type TreeDocument,
  type TreeFormat,
} from '../../../src-main/payload/index.js'
import { RowWindow } from '../row-window.svelte.js'
import { compareBytes } from './byte-diff.js'
import type { PinnedMessage } from './pin.svelte.js'
import type { Compared } from './rows.js'
import { compareTexts } from './text-diff.js'
import { compareTrees } from './tree-diff.js'

/** Pixels of a row. */
export const COMPARE_ROW = 22
/** Milliseconds that comparing may take at a time: the page stays at hand. */
const SLICE = 10

export const compareViews = ['tree', 'text', 'hex'] as const
export type CompareView = (typeof compareViews)[number]

const noBytes = new Uint8Array()

/** Two messages beside each other, frame by frame. All is done in slices: a large frame fills in while a person looks. */
export class Comparison {
  readonly left: PinnedMessage
  readonly right: PinnedMessage
  readonly window = new RowWindow(COMPARE_ROW, false)
  /** Frames of the longer one. */
  readonly frames: number
  #frame = $state(0)
  #view = $state<CompareView>('hex')
  #views = $state.raw<readonly CompareView[]>(['hex'])
  #only = $state(false)
  #compared = $state.raw<Compared | undefined>(undefined)
  /** Whether each frame is the same on both sides; undefined: not known yet. */
  #same = $state.raw<readonly (boolean | undefined)[]>([])
  /** Index of the difference that was gone to last. */
  #at = $state(-1)
  #turn = 0

  constructor(left: PinnedMessage, right: PinnedMessage) {
    this.left = left
    this.right = right
    this.frames = Math.max(left.row.frames.length, right.row.frames.length)
    this.#same = new Array<undefined>(this.frames).fill(undefined)
    void this.#begin()
  }

  get frame(): number {
    return this.#frame
  }
  get view(): CompareView {
    return this.#view
  }
  /** What the frame can be compared as. */
  get views(): readonly CompareView[] {
    return this.#views
  }
  /** The frame as compared; undefined while that is being done. */
  get compared(): Compared | undefined {
    return this.#compared
  }
  get same(): readonly (boolean | undefined)[] {
    return this.#same
  }
  /** Whether only what differs is shown. */
  get only(): boolean {
    return this.#only
  }
  set only(only: boolean) {
    this.#only = only
    this.#fit()
    this.window.scrollTo(0)
  }
  get length(): number {
    return this.#only ? (this.#compared?.different.length ?? 0) : (this.#compared?.length ?? 0)
  }
  /** The index, among all rows, of the one that stands at a place. */
  rowAt(place: number): number {
    return this.#only ? this.#compared!.different[place]! : place
  }
  /** Milliseconds from the left one to the right one. */
  get apart(): number {
    return this.right.row.time - this.left.row.time
  }

  showFrame(frame: number): void {
    this.#frame = frame
    void this.#compare()
  }
  show(view: CompareView): void {
    this.#view = view
    void this.#compare(view)
  }
  /** Goes to the next difference, or the one before. */
  go(by: 1 | -1): void {
    const compared = this.#compared
    if (compared === undefined || compared.stops.length === 0) return
    const { stops, different } = compared
    this.#at = this.#at < 0 && by < 0 ? stops.length - 1 : (this.#at + by + stops.length) % stops.length
    const row = stops[this.#at]!
    this.window.scrollTo(((this.#only ? different.indexOf(row) : row) - 3) * COMPARE_ROW)
  }
  /** Which difference that was, from 1; 0: none yet. */
  get at(): number {
    return this.#at + 1
  }
  get atRow(): number {
    return this.#at < 0 ? -1 : (this.#compared?.stops[this.#at] ?? -1)
  }
  /** Nobody looks any more. */
  close(): void {
    this.#turn++
  }

  #side(message: PinnedMessage, frame: number): PageFrame | undefined {
    return message.row.frames[frame]
  }
  async #begin(): Promise<void> {
    // The first frame that differs is what a person wants to see; the topic is seldom it.
    const turn = ++this.#turn
    const same: (boolean | undefined)[] = [...this.#same]
    for (let frame = 0; frame < this.frames; frame++) {
      const [a, b] = [this.#side(this.left, frame), this.#side(this.right, frame)]
      const equal =
        a === undefined || b === undefined || a.size !== b.size
          ? false
          : await run(compareBytes(a.bytes, b.bytes), () => turn === this.#turn)
      if (equal === undefined) return
      same[frame] = equal === false ? false : equal.differences === 0
      this.#same = [...same]
    }
    const first = same.indexOf(false)
    this.#frame = first < 0 ? this.frames - 1 : first
    await this.#compare()
  }

  /** @param wanted how; left out: as it suits both best */
  async #compare(wanted?: CompareView): Promise<void> {
    const turn = ++this.#turn
    const goesOn = (): boolean => turn === this.#turn
    this.#compared = undefined
    this.#at = -1
    this.window.setCount(0)
    const a = this.#side(this.left, this.#frame)?.bytes ?? noBytes
    const b = this.#side(this.right, this.#frame)?.bytes ?? noBytes
    // Each of these passes over a whole frame: a turn for each.
    await rest()
    const textA = decodeText(a)
    const shownA = detect(a, textA)
    await rest()
    const textB = decodeText(b)
    const shownB = detect(b, textB)
    await rest()
    if (!goesOn()) return
    const [formatA, formatB] = [treeFormat(shownA), treeFormat(shownB)]
    const trees = formatA !== undefined && formatB !== undefined
    const texts = textA !== undefined && textB !== undefined
    this.#views = [...(trees ? ['tree' as const] : []), 'text', 'hex']
    const view = wanted ?? (trees ? 'tree' : texts && shownA !== 'hex' && shownB !== 'hex' ? 'text' : 'hex')
    this.#view = view
    let compared: Compared | undefined
    if (view === 'tree' && trees) {
      const left = await readTree(a, formatA, textA, goesOn)
      const right = await readTree(b, formatB, textB, goesOn)
      if (!goesOn()) return
      if (left === undefined || right === undefined) {
        // What began as a tree is none after all.
        this.#views = ['text', 'hex']
        this.show(texts ? 'text' : 'hex')
        return
      }
      compared = await run(compareTrees(left, right), goesOn)
    } else if (view === 'hex') compared = await run(compareBytes(a, b), goesOn)
    else compared = await run(compareTexts(textA ?? decodeTextLossy(a), textB ?? decodeTextLossy(b)), goesOn)
    if (compared === undefined) return
    this.#compared = compared
    this.#fit()
    this.window.scrollTo(0)
  }
  #fit(): void {
    this.window.setCount(this.length)
  }
}

const treeFormat = (shown: Shown): TreeFormat | undefined => treeFormats.find((format) => format === shown)

async function readTree(
  bytes: Uint8Array,
  format: TreeFormat,
  text: string | undefined,
  goesOn: () => boolean,
): Promise<TreeDocument | undefined> {
  const reading = new TreeReading(bytes, format, text)
  for (;;) {
    const end = performance.now() + SLICE
    while (!reading.advance() && performance.now() < end);
    if (reading.done) return reading.document
    await rest()
    if (!goesOn()) return undefined
  }
}

/** Does something in slices; undefined when it was given up. */
async function run<T>(steps: Generator<void, T, void>, goesOn: () => boolean): Promise<T | undefined> {
  for (;;) {
    const end = performance.now() + SLICE
    do {
      const step = steps.next()
      if (step.done === true) return goesOn() ? step.value : undefined
    } while (performance.now() < end)
    await rest()
    if (!goesOn()) return undefined
  }
}
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))
