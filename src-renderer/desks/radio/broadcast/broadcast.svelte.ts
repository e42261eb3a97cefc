import { encodeText } from '../../../../src-main/payload/index.js'
import { detached } from '../../../lib/detached.svelte.js'
import { draftKey } from '../../../parts/composer.svelte.js'
import type { SessionPane } from '../../../parts/session-pane.svelte.js'
import { FileBroadcast } from './file.svelte.js'
import { GeneratorForm } from './generator.svelte.js'
import { Timer } from './timer.svelte.js'

/** How a publisher may be made to speak. */
export const ways = ['message', 'timer', 'file', 'generator'] as const
export type Way = (typeof ways)[number]

/** A publisher at work: what it sends, by hand or by itself, and what its listeners asked for. */
export class BroadcastDesk {
  readonly pane: SessionPane
  readonly timer: Timer
  readonly file: FileBroadcast
  readonly generator: GeneratorForm
  readonly #key: string
  #topic = $state('')
  #way = $state<Way>('message')

  constructor(pane: SessionPane) {
    this.pane = pane
    const draft = draftKey(pane.session)
    this.#key = draft.replace('send', 'topic')
    this.#topic = pane.bench.profile.draft(this.#key)
    this.timer = new Timer(pane, () => this.framed(pane.composer.encoded()))
    this.file = new FileBroadcast(pane)
    this.generator = new GeneratorForm(pane, draft.replace('send', 'channels'))
    if (this.generator.running) this.#way = 'generator'
    else if (this.file.running) this.#way = 'file'
    else if (this.timer.running) this.#way = 'timer'
  }

  get way(): Way {
    return this.#way
  }
  set way(way: Way) {
    this.#way = way
  }
  get topic(): string {
    return this.#topic
  }
  set topic(topic: string) {
    this.#topic = topic
    this.pane.bench.profile.setDraft(this.#key, topic)
  }
  get subscriptions(): readonly { topic: string; count: number }[] {
    return this.pane.session.status('publisher')?.subscriptions ?? []
  }
  /** Whether anybody has asked for anything. */
  readonly listened = $derived(this.subscriptions.length > 0)
  /** Whether somebody asked for messages that begin like this; a subscription is a prefix. */
  asksFor(topic: string): boolean {
    return this.subscriptions.some((subscription) => topic.startsWith(subscription.topic))
  }
  /** Whether it speaks by itself, in one of the ways. */
  get speaking(): boolean {
    return this.timer.running || this.file.running || this.generator.running
  }

  /** The topic goes first, as a frame of its own: that is what subscribers match. */
  framed(frames: Uint8Array[]): Uint8Array[] {
    return this.#topic === '' ? frames : [encodeText(this.#topic), ...frames]
  }
  async send(frames: Uint8Array[]): Promise<void> {
    await this.pane.send(this.framed(frames))
  }
}

const desks = new WeakMap<SessionPane, BroadcastDesk>()
/** One for each pane, kept with it: a file goes on being read while another desk is looked at. */
export function broadcastDesk(pane: SessionPane): BroadcastDesk {
  let desk = desks.get(pane)
  if (desk === undefined) {
    desk = detached(() => new BroadcastDesk(pane))
    desks.set(pane, desk)
  }
  return desk
}
