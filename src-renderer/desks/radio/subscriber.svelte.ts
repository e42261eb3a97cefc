import type { Link, NumberType, Place, TopicKey } from '../../../src-main/contract/index.js'
import { topicOf } from '../../../src-main/payload/topic.js'
import { detached } from '../../lib/detached.svelte.js'
import { visibleLine } from '../../lib/visible.js'
import { Inspector } from '../../parts/inspector.svelte.js'
import type { SessionPane } from '../../parts/session-pane.svelte.js'
import { Gaps, placeText } from './gaps/gaps.svelte.js'
import { Presets } from './presets/presets.svelte.js'
import { Picker } from './signals/picker.svelte.js'
import { Signals } from './signals/signals.svelte.js'
import { MessageTable } from './table/table.svelte.js'
import { Topics } from './topics/topics.svelte.js'

export interface Station {
  readonly link: Link
  /** Messages a second over the last whole second. */
  readonly rate: number
  /** Received and counted, and not shown. */
  readonly muted: boolean
}

/** A subscriber at work: what it listens for, its stations and topics, the table of what came. */
export class SubscriberDesk {
  readonly pane: SessionPane
  readonly topicTree: Topics
  readonly table: MessageTable
  readonly inspector: Inspector
  readonly signals: Signals
  readonly picker: Picker
  readonly gaps: Gaps
  readonly presets: Presets
  /** The topic being added. */
  topic = $state('')
  #mutedStations = $state.raw<ReadonlySet<number>>(new Set())

  constructor(pane: SessionPane) {
    this.pane = pane
    this.topicTree = new Topics(pane.bench.caller, pane.session)
    this.table = new MessageTable(pane.bench.caller, pane.session)
    this.inspector = new Inspector(pane.session)
    this.signals = new Signals(pane.bench.caller, pane.session)
    this.picker = new Picker(pane.bench.caller, this.signals, this.topicTree)
    this.gaps = new Gaps(pane.bench.caller, pane.session)
    this.presets = new Presets(pane.bench.caller, pane.bench.profile, pane.session)
    pane.showBy((seq) => {
      this.table.select(seq)
      this.table.window.reveal(Math.max(0, this.table.indexOf(seq)))
    })
  }

  get topics(): readonly string[] {
    const { settings } = this.pane.session
    return this.pane.session.status('subscriber')?.topics ?? (settings.role === 'subscriber' ? settings.topics : [])
  }

  readonly stations = $derived.by((): Station[] => {
    const rates = new Map(this.topicTree.sources.map(({ source, rate }) => [source, rate]))
    return this.pane.session.info.links.map((link) => ({
      link,
      rate: rates.get(link.index) ?? 0,
      muted: this.#mutedStations.has(link.index),
    }))
  })
  /** Stations that can be heard now. */
  readonly onAir = $derived(this.stations.filter(({ link }) => link.peers > 0 || link.state === 'up').length)

  /** What of the topics and stations is to be shown. */
  readonly choice = $derived.by(() => ({ ...this.topicTree.chosen, notSources: [...this.#mutedStations] }))

  toggleStation(index: number): void {
    const muted = new Set(this.#mutedStations)
    if (!muted.delete(index)) muted.add(index)
    this.#mutedStations = muted
  }
  stationName(source: number): string {
    const link = this.pane.session.info.links[source]
    return link === undefined ? '' : visibleLine(link.actual || link.address)
  }

  /** Where in messages of its topic the value stands that is picked in the inspector; undefined where nothing is read as a tree. */
  placeOf(path: string): { place: Place; topic: TopicKey; name: string } | undefined {
    const { tree, row, frameIndex } = this.inspector
    if (tree === undefined || row === undefined) return undefined
    const topic = topicOf(row.frames.map(({ bytes }) => bytes))
    const frame = frameIndex === row.frames.length - 1 ? -1 : frameIndex
    return {
      place: { kind: tree.document.format, path, frame },
      topic,
      name: [topic.name, path].filter(Boolean).join(' '),
    }
  }

  /** Where in messages of its topic the number stands that is read out of the bytes of the inspector's frame. */
  placeAt(
    offset: number,
    type: NumberType,
    endian: 'little' | 'big',
  ): { place: Place; topic: TopicKey; name: string } | undefined {
    const { row, frameIndex } = this.inspector
    if (row === undefined) return undefined
    const topic = topicOf(row.frames.map(({ bytes }) => bytes))
    const frame = frameIndex === row.frames.length - 1 ? -1 : frameIndex
    const place: Place = { kind: 'number', type, offset, endian, frame }
    return { place, topic, name: [topic.name, placeText(place)].filter(Boolean).join(' ') }
  }

  /** The topic that a person is at: picked in the tree, of the message looked at, or the first. */
  get topicAtHand(): TopicKey {
    const { row } = this.inspector
    const looked =
      row === undefined || this.table.selected === 0 ? undefined : topicOf(row.frames.map(({ bytes }) => bytes))
    return looked ?? this.topicTree.pickedTopic ?? this.topicTree.keys(1)[0] ?? { kind: 'none', name: '' }
  }

  async add(): Promise<void> {
    const { topic } = this
    await this.pane.attempt(() => this.pane.session.subscribe(topic))
    if (this.pane.fault === undefined) this.topic = ''
  }
  async remove(topic: string): Promise<void> {
    await this.pane.attempt(() => this.pane.session.unsubscribe(topic))
  }
}

const desks = new WeakMap<SessionPane, SubscriberDesk>()
/** One for each pane, kept with it: going to another desk and back loses nothing. */
export function subscriberDesk(pane: SessionPane): SubscriberDesk {
  let desk = desks.get(pane)
  if (desk === undefined) {
    desk = detached(() => new SubscriberDesk(pane))
    desks.set(pane, desk)
  }
  return desk
}
