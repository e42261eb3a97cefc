import { TopicEntries, topicNames, type TopicChanges, type TopicKey } from '../../../../src-main/contract/index.js'

export const topicOrders = ['name', 'rate', 'count', 'recent'] as const
export type TopicOrder = (typeof topicOrders)[number]

/** Topics up to which every branch begins open. */
const ALL_OPEN = 200

/** A topic, what several have in common, or both. Its figures are its own and those of all below it. */
export interface TopicNode {
  /** The whole path: it names the node for as long as the tree is there. */
  readonly path: string
  readonly name: string
  readonly depth: number
  readonly parent: TopicNode | undefined
  readonly children: TopicNode[]
  /** The engine's number of the topic that ends here; -1: none does. */
  index: number
  key: TopicKey | undefined
  /** Topics here and below. */
  topics: number
  /** Messages a second over the last whole second. */
  rate: number
  messages: number
  bytes: number
  /** Row and time of the newest message of all. */
  lastSeq: number
  lastTime: number
  /** Row of the newest message of the topic itself. */
  ownSeq: number
  /** Its place by name among those beside it, from 0. */
  rank: number
  /** As a person left it; undefined: as the tree is large. */
  open: boolean | undefined
}

interface Own {
  rate: number
  messages: number
  bytes: number
  seq: number
  time: number
}

const collator = new Intl.Collator(undefined, { numeric: true })

/**
 * The parts of a topic: at `/` if it has one, otherwise at `.`. A slash in front stays with the first part, and parts that are
 * empty stay with the one before: every topic has a place of its own.
 */
export function partsOf({ kind, name }: TopicKey): string[] {
  if (kind !== 'text') return [name]
  const between = name.includes('/') ? '/' : '.'
  const parts: string[] = []
  let from = 0
  for (let at = name.indexOf(between, 1); at >= 0; at = name.indexOf(between, at + 1)) {
    if (at === from || at === name.length - 1 || name[at + 1] === between) continue
    parts.push(name.slice(from, at))
    from = at + 1
  }
  parts.push(name.slice(from))
  return parts
}

/** The topics of a session as a tree, kept up to date by what changed. It knows nothing of the screen. */
export class TopicTree {
  readonly roots: TopicNode[] = []
  /** By path, parents before their children. */
  readonly #nodes = new Map<string, TopicNode>()
  readonly #byIndex: TopicNode[] = []
  readonly #own: Own[] = []
  /** Nodes side by side in the order of their names: thousands are compared once, not with each new order. */
  readonly #byName = new Map<readonly TopicNode[], readonly TopicNode[]>()

  /** How many topics there are. */
  get size(): number {
    return this.#byIndex.length
  }
  node(path: string): TopicNode | undefined {
    return this.#nodes.get(path)
  }

  /** The node at which a topic ends. */
  of({ kind, name }: TopicKey): TopicNode | undefined {
    return this.#nodes.get(kind === 'text' ? name : `${kind}:${name}`)
  }
  /** Topics in the order in which they were first heard, the first `most` of them. */
  keys(most: number): TopicKey[] {
    return this.#byIndex.slice(0, most).flatMap(({ key }) => (key === undefined ? [] : [key]))
  }

  clear(): void {
    this.roots.length = 0
    this.#nodes.clear()
    this.#byIndex.length = 0
    this.#own.length = 0
    this.#byName.clear()
  }

  /** Takes over what changed. Returns whether topics came or went. */
  take(changes: TopicChanges): boolean {
    let grew = false
    if (changes.whole) {
      grew = this.#byIndex.length > 0
      const open = new Map([...this.#nodes].map(([path, node]) => [path, node.open]))
      this.clear()
      for (const key of topicNames(changes.names)) this.#add(key)
      for (const [path, node] of this.#nodes) node.open = open.get(path)
    } else for (const key of topicNames(changes.names)) this.#add(key)
    grew ||= changes.names.byteLength > 0
    const entries = new TopicEntries(changes.entries)
    for (let i = 0; i < entries.length; i++) {
      const own = this.#own[entries.index(i)]
      if (own === undefined) continue
      own.rate = entries.rate(i)
      own.messages = entries.messages(i)
      own.bytes = entries.bytes(i)
      own.seq = entries.lastSeq(i)
      own.time = entries.lastTime(i)
    }
    if (entries.length > 0 || grew) this.#sum()
    return grew
  }

  isOpen(node: TopicNode): boolean {
    return node.open ?? this.size <= ALL_OPEN
  }

  /** Topics at a node and below it. */
  keysOf(node: TopicNode): TopicKey[] {
    const keys: TopicKey[] = []
    const walk = (at: TopicNode): void => {
      if (at.key !== undefined) keys.push(at.key)
      for (const child of at.children) walk(child)
    }
    walk(node)
    return keys
  }

  /** The nodes to be shown, top to bottom. A search shows what it is found in, with what stands above and below it. */
  rows(order: TopicOrder, search: string): TopicNode[] {
    const wanted = search.trim().toLowerCase()
    const found = wanted === '' ? undefined : this.#find(wanted)
    const rows: TopicNode[] = []
    const walk = (nodes: readonly TopicNode[], within: boolean): void => {
      for (const node of this.#sorted(nodes, order)) {
        const hit = within || (found?.hits.has(node) ?? true)
        if (!hit && found?.above.has(node) !== true) continue
        rows.push(node)
        const open = found !== undefined && !hit ? true : this.isOpen(node)
        if (open && node.children.length > 0) walk(node.children, hit)
      }
    }
    walk(this.roots, false)
    return rows
  }

  #find(wanted: string): { hits: Set<TopicNode>; above: Set<TopicNode> } {
    const hits = new Set<TopicNode>()
    const above = new Set<TopicNode>()
    for (const node of this.#nodes.values()) {
      if (!node.path.toLowerCase().includes(wanted)) continue
      hits.add(node)
      for (let up = node.parent; up !== undefined && !above.has(up); up = up.parent) above.add(up)
    }
    return { hits, above }
  }

  #add(key: TopicKey): void {
    const parts = partsOf(key)
    const between = key.name.includes('/') ? '/' : '.'
    let parent: TopicNode | undefined
    let path = key.kind === 'text' ? '' : `${key.kind}:`
    for (const [depth, name] of parts.entries()) {
      path = depth === 0 ? `${path}${name}` : `${path}${between}${name}`
      parent = this.#nodes.get(path) ?? this.#make(path, name, depth, parent)
    }
    if (parent === undefined) return
    parent.index = this.#byIndex.length
    parent.key = key
    this.#byIndex.push(parent)
    this.#own.push({ rate: 0, messages: 0, bytes: 0, seq: 0, time: 0 })
  }
  #make(path: string, name: string, depth: number, parent: TopicNode | undefined): TopicNode {
    const node: TopicNode = {
      path,
      name,
      depth,
      parent,
      children: [],
      index: -1,
      key: undefined,
      topics: 0,
      rate: 0,
      messages: 0,
      bytes: 0,
      lastSeq: 0,
      lastTime: 0,
      ownSeq: 0,
      rank: 0,
      open: undefined,
    }
    this.#nodes.set(path, node)
    const beside = parent?.children ?? this.roots
    beside.push(node)
    this.#byName.delete(beside)
    return node
  }

  #sum(): void {
    const nodes = [...this.#nodes.values()]
    for (const node of nodes) {
      const own = node.index < 0 ? undefined : this.#own[node.index]
      node.topics = own === undefined ? 0 : 1
      node.rate = own?.rate ?? 0
      node.messages = own?.messages ?? 0
      node.bytes = own?.bytes ?? 0
      node.lastSeq = node.ownSeq = own?.seq ?? 0
      node.lastTime = own?.time ?? 0
    }
    // Children were made after their parents: from the back, each is whole before it is added to the one above.
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i]
      const parent = node?.parent
      if (node === undefined || parent === undefined) continue
      parent.topics += node.topics
      parent.rate += node.rate
      parent.messages += node.messages
      parent.bytes += node.bytes
      if (node.lastSeq > parent.lastSeq) {
        parent.lastSeq = node.lastSeq
        parent.lastTime = node.lastTime
      }
    }
  }

  #sorted(nodes: readonly TopicNode[], order: TopicOrder): readonly TopicNode[] {
    let named = this.#byName.get(nodes)
    if (named === undefined) {
      named = [...nodes].sort((a, b) => collator.compare(a.name, b.name))
      for (const [rank, node] of named.entries()) node.rank = rank
      this.#byName.set(nodes, named)
    }
    switch (order) {
      case 'name':
        return named
      case 'rate':
        return [...named].sort((a, b) => Math.round(b.rate) - Math.round(a.rate) || a.rank - b.rank)
      case 'count':
        return [...named].sort((a, b) => b.messages - a.messages || a.rank - b.rank)
      case 'recent':
        return [...named].sort((a, b) => b.lastSeq - a.lastSeq || a.rank - b.rank)
    }
  }
}
