import {
  PageView,
  type FaultShape,
  type MessageType,
  type PageRow,
  type ProtoFile,
  type TopicKey,
} from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import { seqBytes } from '../../../lib/seq-bytes.js'
import { m } from '../../../paraglide/messages.js'
import { faultOf } from '../../../state/workbench.svelte.js'
import { layoutFault, numbersByLayout, numbersByProto, numbersIn, type Found, type Reading } from './numbers-in.js'
import type { Signals } from './signals.svelte.js'

/** What numbers are found by. */
export const ways = ['found', 'struct', 'protobuf'] as const
export type Way = (typeof ways)[number]

/** Bytes of a frame that are asked for: larger ones are read whole, and once. */
const HEAD = 65_536
const LARGEST = 4 * 1024 * 1024
/** Milliseconds between two looks at the newest message. */
const EVERY = 400
/** Most characters of a .proto file: the contract's limit. */
export const MAX_PROTO = 256 * 1024
/** Where the numbers go when it is to be a plot that is not there yet. */
export const NEW_PLOT = 'new'

/** What the picker must know of the topics. */
export interface TopicSource {
  /** Row of the newest message of a topic; 0: none is known. */
  newest(topic: TopicKey): number
  /** Has the topics brought up to date. */
  update(): void
}

const none: Reading = { found: [] }

/** Picking the numbers of a topic that are to be drawn: those that its newest message shows by itself, by a binary layout or by a .proto file. */
export class Picker {
  readonly signals: Signals
  readonly #caller: Caller
  readonly #topics: TopicSource
  #open = $state(false)
  #topic = $state.raw<TopicKey>({ kind: 'none', name: '' })
  #row = $state.raw<PageRow | undefined>(undefined)
  #frame = $state(-1)
  #way = $state<Way>('found')
  #layout = $state('')
  #proto = $state.raw<ProtoFile | undefined>(undefined)
  #types = $state.raw<readonly MessageType[]>([])
  #type = $state('')
  #decoded = $state.raw<Reading>(none)
  #picked = $state.raw<ReadonlySet<string>>(new Set())
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #plot = $state('')
  find = $state('')
  #loading = false
  #looked = 0
  #later: ReturnType<typeof setTimeout> | undefined

  constructor(caller: Caller, signals: Signals, topics: TopicSource) {
    this.#caller = caller
    this.signals = signals
    this.#topics = topics
  }

  get open(): boolean {
    return this.#open
  }
  set open(open: boolean) {
    this.#open = open
    if (open) return
    clearTimeout(this.#later)
    this.#later = undefined
  }
  get topic(): TopicKey {
    return this.#topic
  }
  /** The message that is looked at: the newest of its topic. */
  get row(): PageRow | undefined {
    return this.#row
  }
  get frames(): number {
    return this.#row?.frames.length ?? 0
  }
  /** Index of the frame; -1 is the last one, whatever their number. */
  get frame(): number {
    return this.#frame
  }
  set frame(frame: number) {
    this.#frame = frame
    this.#picked = new Set()
    void this.#decode()
  }
  readonly bytes: Uint8Array = $derived(this.#row?.frames.at(this.#frame)?.bytes ?? new Uint8Array())

  get way(): Way {
    return this.#way
  }
  set way(way: Way) {
    this.#way = way
    this.#picked = new Set()
    this.#fault = undefined
  }
  get layout(): string {
    return this.#layout
  }
  set layout(layout: string) {
    this.#layout = layout
    this.#picked = new Set()
  }
  /** The order of bytes at the layout's beginning; `<` where none is written. */
  get order(): string {
    return /^\s*([<>!=@])/.exec(this.#layout)?.[1]?.replace('!', '>').replace('=', '<') ?? '<'
  }
  set order(order: string) {
    this.layout = order + this.#layout.replace(/^\s*[<>!=@]?\s*/, '')
  }
  get proto(): ProtoFile | undefined {
    return this.#proto
  }
  /** The .proto files of the session, and the one at hand. */
  readonly protos: readonly ProtoFile[] = $derived.by(() => {
    const { protos } = this.signals.radio
    return this.#proto === undefined || protos.some(({ name }) => name === this.#proto?.name)
      ? protos
      : [...protos, this.#proto]
  })
  get types(): readonly MessageType[] {
    return this.#types
  }
  get type(): string {
    return this.#type
  }
  set type(type: string) {
    this.#type = type
    this.#picked = new Set()
    void this.#decode()
  }
  /** What an act failed with. */
  get fault(): FaultShape | undefined {
    return this.#fault
  }

  readonly reading: Reading = $derived.by(() => {
    if (this.#way === 'protobuf') return this.#decoded
    if (this.#way === 'struct') {
      if (this.#layout.trim() === '') return none
      const fault = this.#row === undefined ? layoutFault(this.#layout) : undefined
      if (fault !== undefined) return { found: [], fault }
      return this.#row === undefined ? none : numbersByLayout(this.bytes, this.#layout, this.#frame)
    }
    return this.#row === undefined ? none : numbersIn(this.bytes, this.#frame)
  })
  /** Those whose path has what is searched for. */
  readonly shown: readonly Found[] = $derived.by(() => {
    const wanted = this.find.trim().toLowerCase()
    return wanted === ''
      ? this.reading.found
      : this.reading.found.filter(({ path }) => path.toLowerCase().includes(wanted))
  })
  readonly picked: readonly Found[] = $derived(this.reading.found.filter(({ path }) => this.#picked.has(path)))
  isPicked({ path }: Found): boolean {
    return this.#picked.has(path)
  }
  isDrawn({ place }: Found): boolean {
    return this.signals.has(place, this.#topic)
  }
  toggle({ path }: Found): void {
    const picked = new Set(this.#picked)
    if (!picked.delete(path)) picked.add(path)
    this.#picked = picked
  }

  /** The plot that they go to. */
  get plot(): string {
    const known = this.#plot === NEW_PLOT || this.signals.plots.some(({ id }) => id === this.#plot)
    return known ? this.#plot : (this.signals.current?.id ?? NEW_PLOT)
  }
  set plot(plot: string) {
    this.#plot = plot
  }

  /** Draws the number that a topic's newest message is; where it is none or has several, a person picks. */
  async begin(topic: TopicKey): Promise<void> {
    this.#take(topic)
    await this.#load()
    const { found } = this.reading
    const [only] = found
    if (only !== undefined && found.length === 1) {
      if (!this.isDrawn(only)) await this.signals.add(only.place, topic, nameOf(topic, only.path))
      return
    }
    this.#open = true
  }
  /** Lets a person say how a topic is to be read. */
  async describe(topic: TopicKey): Promise<void> {
    this.#take(topic)
    this.#open = true
    await this.#load()
    if (this.reading.found.length === 0) this.way = 'struct'
  }
  /** Another topic, read in the same way. */
  async show(topic: TopicKey): Promise<void> {
    this.#topic = topic
    this.#row = undefined
    this.#picked = new Set()
    this.#decoded = none
    await this.#load()
  }

  /** Called with each pulse while the picker is open: the preview is that of the newest message. */
  update(): void {
    this.#topics.update()
    this.#later ??= setTimeout(
      () => {
        this.#later = undefined
        if (this.#open) void this.#load()
      },
      Math.max(0, this.#looked + EVERY - Date.now()),
    )
  }

  /** Takes a .proto file that a person chose or dropped. */
  async take(file: { readonly name: string; readonly size: number; text(): Promise<string> }): Promise<void> {
    this.#fault = undefined
    this.#way = 'protobuf'
    if (file.size > MAX_PROTO) {
      this.#fault = { code: 'BAD_PROTO', message: m.describe_proto_large({ file: file.name, n: MAX_PROTO / 1024 }) }
      return
    }
    await this.choose({ name: file.name.slice(0, 200), text: await file.text() })
  }
  /** Reads by a file: its first message type, until a person says otherwise. */
  async choose({ name, text }: ProtoFile): Promise<void> {
    this.#fault = undefined
    try {
      const types = await this.#caller.call('proto.types', { text })
      this.#proto = { name: this.#freeName(name, text), text }
      this.#types = types
      this.type = types[0]?.name ?? ''
      if (types.length === 0) this.#fault = { code: 'BAD_PROTO', message: m.describe_proto_empty({ file: name }) }
    } catch (error) {
      this.#fault = faultOf(error)
    }
  }

  /** Draws what is picked. */
  async draw(): Promise<void> {
    const { picked, plot } = this
    const proto = this.#way === 'protobuf' ? this.#proto : undefined
    const fresh = picked.map(({ place, path }) => ({ place, topic: this.#topic, name: nameOf(this.#topic, path) }))
    const target = plot === NEW_PLOT ? this.signals.freePlot : plot
    const done = await this.signals.addAll(fresh, { plot: target, ...(proto === undefined ? {} : { proto }) })
    if (done) {
      this.signals.use(target)
      this.open = false
    } else {
      this.#fault = this.signals.fault
      this.signals.dismiss()
    }
  }

  #take(topic: TopicKey): void {
    const own = this.signals.all.find(
      (signal) =>
        signal.topic?.kind === topic.kind && signal.topic.name === topic.name && signal.place.kind === 'struct',
    )
    if (own?.place.kind === 'struct') this.#layout = own.place.layout
    this.#topic = topic
    this.#row = undefined
    this.#frame = -1
    this.#way = 'found'
    this.#picked = new Set()
    this.#decoded = none
    this.#fault = undefined
    this.find = ''
  }

  async #load(): Promise<void> {
    const seq = this.#topics.newest(this.#topic)
    if (seq === 0 || seq === this.#row?.seq || this.#loading) return
    this.#loading = true
    this.#looked = Date.now()
    const topic = this.#topic
    try {
      const { id } = this.signals.session
      const page = new PageView(await this.#caller.call('session.rows', { id, seqs: seqBytes([seq]), head: HEAD }))
      let row = page.rows === 0 ? undefined : page.row(0)
      if (row?.frames.some(({ bytes, size }) => size > bytes.length) === true) {
        // What does not fit is read once: whoever waits for a number in it does not wait for the next one.
        if (this.#row !== undefined) return
        if (row.size <= LARGEST) row = await this.signals.session.message(seq)
      }
      if (row === undefined || topic !== this.#topic) return
      this.#row = row
      await this.#decode()
    } catch (error) {
      this.#fault = faultOf(error)
    } finally {
      this.#loading = false
    }
    if (topic !== this.#topic) await this.#load()
  }

  async #decode(): Promise<void> {
    const { bytes } = this
    const [proto, type] = [this.#proto, this.#type]
    if (this.#way !== 'protobuf' || proto === undefined || type === '' || this.#row === undefined) return
    try {
      const own = bytes.slice()
      const json = await this.#caller.call('proto.decode', { text: proto.text, type, bytes: own })
      if (proto === this.#proto && type === this.#type)
        this.#decoded = numbersByProto(json, proto.name, type, this.#frame)
    } catch (error) {
      if (proto === this.#proto && type === this.#type) this.#decoded = { found: [], fault: faultOf(error) }
    }
  }

  /** A file of the same name and another text is another file. */
  #freeName(name: string, text: string): string {
    const { protos } = this.signals.radio
    for (let n = 1; ; n++) {
      const tried = n === 1 ? name : `${name} (${n})`
      const known = protos.find((each) => each.name === tried)
      if (known === undefined || known.text === text) return tried
    }
  }
}

/** What a signal is called until a person says otherwise. */
export const nameOf = (topic: TopicKey, path: string): string => [topic.name, path].filter(Boolean).join(' ')
