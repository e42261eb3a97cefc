import { HISTORY_POINTS, type TopicKey } from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import { RowWindow } from '../../../parts/row-window.svelte.js'
import { treeKey } from '../../../parts/tree-keys.js'
import { listRows, RowCache, type ListRow } from '../../../state/rows.svelte.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { TopicTree, type TopicNode, type TopicOrder } from './topic-tree.js'

/** Pixels of a row. */
export const TOPIC_ROW = 26
/** Bytes of a frame that a value's preview needs. */
const HEAD = 96
/** Least milliseconds between two questions for what changed, and between two new orders by a figure: rows that jump cannot be read. */
const EVERY = 250
const RESORT = 2000
/** Most topics that a view filter names: the contract's limit. */
export const MOST_CHOSEN = 10_000

export interface SourceFigures {
  source: number
  messages: number
  rate: number
}

/** A subscriber's topics on the screen: which are in view, which one is picked, which are heard alone or not at all. */
export class Topics {
  readonly session: SessionView
  readonly window = new RowWindow(TOPIC_ROW, false)
  readonly values: RowCache<ListRow>
  readonly #caller: Caller
  readonly #tree = new TopicTree()
  /** Raised with each change of figures, and with each of the rows' order. */
  #version = $state(0)
  #order = $state<TopicOrder>('name')
  #search = $state('')
  #picked = $state('')
  #solo = $state.raw<ReadonlySet<string>>(new Set())
  #muted = $state.raw<ReadonlySet<string>>(new Set())
  #sources = $state.raw<readonly SourceFigures[]>([])
  #rows = $state.raw<readonly TopicNode[]>([])
  #histories = $state.raw<ReadonlyMap<number, Uint32Array>>(new Map())
  #gone = $state(0)
  #others = $state(0)
  #revision = 0
  #known = 0
  #asking = false
  #asked = 0
  #sortedAt = 0
  #last = 0
  #later: ReturnType<typeof setTimeout> | undefined

  constructor(caller: Caller, session: SessionView) {
    this.#caller = caller
    this.session = session
    this.values = new RowCache(caller, session.id, () => session.numbers, listRows(HEAD))
  }

  get size(): number {
    void this.#version
    return this.#tree.size
  }
  /** The nodes from top to bottom, as far as branches are open. Their figures change with `version`. */
  get rows(): readonly TopicNode[] {
    return this.#rows
  }
  /** What shows a node's figures reads this. */
  get version(): number {
    return this.#version
  }
  get sources(): readonly SourceFigures[] {
    return this.#sources
  }
  /** Messages that left memory before they could be counted, and those of topics beyond the limit. */
  get uncounted(): number {
    return this.#gone + this.#others
  }
  get order(): TopicOrder {
    return this.#order
  }
  set order(order: TopicOrder) {
    this.#order = order
    this.#arrange()
  }
  get search(): string {
    return this.#search
  }
  set search(search: string) {
    this.#search = search
    this.#arrange()
  }
  get picked(): string {
    return this.#picked
  }
  get pickedIndex(): number {
    return this.#rows.findIndex(({ path }) => path === this.#picked)
  }
  get mutedCount(): number {
    return this.#muted.size
  }
  get soloCount(): number {
    return this.#solo.size
  }

  /** Row of the newest message of a topic; 0: none is known. */
  newest(topic: TopicKey): number {
    void this.#version
    return this.#tree.of(topic)?.ownSeq ?? 0
  }
  /** Topics in the order in which they were first heard, the first `most` of them. */
  keys(most: number): TopicKey[] {
    void this.#version
    return this.#tree.keys(most)
  }
  /** The topic that is picked; undefined where it is none, but what several have in common. */
  get pickedTopic(): TopicKey | undefined {
    void this.#version
    return this.#tree.node(this.#picked)?.key
  }

  isOpen(node: TopicNode): boolean {
    void this.#version
    return this.#tree.isOpen(node)
  }
  isSolo(node: TopicNode): boolean {
    return this.#solo.has(node.path)
  }
  /** Whether its messages are left out of the table: muted itself or above, or others are heard alone. */
  isQuiet(node: TopicNode): boolean {
    return within(node, this.#muted) || (this.#solo.size > 0 && !within(node, this.#solo) && !this.#above(node))
  }
  isMuted(node: TopicNode): boolean {
    return this.#muted.has(node.path)
  }
  /** Messages in `HISTORY_MS` each, oldest first; undefined until they have come. */
  history(node: TopicNode): Uint32Array | undefined {
    return this.#histories.get(node.index)
  }

  /** The topics that are heard alone, and those that are not heard; part of the table's filter. */
  readonly chosen = $derived.by((): { topics?: TopicKey[]; notTopics?: TopicKey[] } => {
    // Read only where something is chosen: otherwise the filter would be made anew with each figure.
    if (this.#solo.size > 0 || this.#muted.size > 0) void this.size
    const keys = (paths: ReadonlySet<string>): TopicKey[] =>
      [...paths]
        .flatMap((path) => {
          const node = this.#tree.node(path)
          return node === undefined ? [] : this.#tree.keysOf(node)
        })
        .slice(0, MOST_CHOSEN)
    return {
      ...(this.#solo.size > 0 ? { topics: keys(this.#solo) } : {}),
      ...(this.#muted.size > 0 ? { notTopics: keys(this.#muted) } : {}),
    }
  })

  toggleSolo(node: TopicNode): void {
    this.#solo = toggled(this.#solo, node.path)
  }
  toggleMute(node: TopicNode): void {
    this.#muted = toggled(this.#muted, node.path)
  }
  hearAll(): void {
    this.#solo = new Set()
    this.#muted = new Set()
  }

  pick(index: number): void {
    const node = this.#rows[Math.max(0, Math.min(index, this.#rows.length - 1))]
    if (node === undefined) return
    this.#picked = node.path
    this.window.reveal(this.pickedIndex)
  }
  toggle(node: TopicNode): void {
    node.open = !this.#tree.isOpen(node)
    this.#arrange()
  }

  /** Does what a key asks for, as trees do everywhere; false if it asks for nothing here. */
  key(key: string): boolean {
    const at = this.pickedIndex
    const node = this.#rows[at]
    switch (key) {
      case 's':
        if (node !== undefined) this.toggleSolo(node)
        return true
      case 'm':
        if (node !== undefined) this.toggleMute(node)
        return true
      default:
        return treeKey(key, {
          at,
          length: this.#rows.length,
          page: this.window.page,
          open: node === undefined || node.children.length === 0 ? undefined : this.#tree.isOpen(node),
          parent: () => (node?.parent === undefined ? -1 : this.#rows.indexOf(node.parent)),
          pick: (index) => this.pick(index),
          toggle: () => node !== undefined && this.toggle(node),
        })
    }
  }

  /** Asks for what changed, now or as soon as it may; called with each pulse while somebody looks. */
  update(): void {
    const { last } = this.session.numbers
    // Numbers only rise: these are another engine's.
    if (last < this.#last) this.reset()
    this.#last = last
    if (this.#asking || this.#later !== undefined) return
    const wait = this.#asked + EVERY - Date.now()
    if (wait > 0) {
      this.#later = setTimeout(() => {
        this.#later = undefined
        void this.#ask()
      }, wait)
    } else void this.#ask()
  }
  /** Nobody looks any more. */
  rest(): void {
    clearTimeout(this.#later)
    this.#later = undefined
  }
  /** The engine on the other side may be another one. */
  reset(): void {
    this.#revision = 0
    this.#known = 0
    this.#tree.clear()
    this.values.reset()
    this.#arrange()
  }

  async #ask(): Promise<void> {
    this.#asking = true
    this.#asked = Date.now()
    try {
      for (;;) {
        const changes = await this.#caller.call('radio.topics', {
          id: this.session.id,
          since: this.#revision,
          known: this.#known,
        })
        this.#revision = changes.revision
        this.#known = changes.known
        const grew = this.#tree.take(changes)
        this.#sources = changes.sources
        this.#gone = changes.gone
        this.#others = changes.others.messages
        const figures = this.#order !== 'name' && Date.now() - this.#sortedAt > RESORT
        if (grew || figures) this.#arrange()
        else this.#version++
        if (changes.known >= changes.topics && changes.behind === 0) break
      }
      await this.#look()
    } catch {
      // The line is down, or the session is gone: the next pulse asks again.
    } finally {
      this.#asking = false
    }
  }

  /** Values and rate histories of the topics in view. */
  async #look(): Promise<void> {
    const { first, shown } = this.window
    const seen = this.#rows.slice(first, first + shown).filter(({ index }) => index >= 0)
    if (seen.length === 0) return
    this.values.want(seen.map(({ ownSeq }) => ownSeq))
    const topics = seen.map(({ index }) => index)
    const bytes = await this.#caller.call('radio.history', { id: this.session.id, topics })
    const points = new Uint32Array(bytes.slice().buffer)
    this.#histories = new Map(
      topics.map((index, i) => [index, points.subarray(i * HISTORY_POINTS, (i + 1) * HISTORY_POINTS)]),
    )
  }

  #arrange(): void {
    this.#sortedAt = Date.now()
    this.#rows = this.#tree.rows(this.#order, this.#search)
    this.window.setCount(this.#rows.length)
    this.#version++
  }
  /** Whether a node that is heard alone stands below it. */
  #above(node: TopicNode): boolean {
    for (const path of this.#solo)
      for (let at = this.#tree.node(path)?.parent; at !== undefined; at = at.parent) if (at === node) return true
    return false
  }
}

function within(node: TopicNode, paths: ReadonlySet<string>): boolean {
  if (paths.size === 0) return false
  for (let at: TopicNode | undefined = node; at !== undefined; at = at.parent) if (paths.has(at.path)) return true
  return false
}
function toggled(set: ReadonlySet<string>, path: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(path)) next.add(path)
  return next
}
