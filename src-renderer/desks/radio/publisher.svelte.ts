import { encodeText } from '../../../src-main/payload/index.js'
import { draftKey } from '../../parts/composer.svelte.js'
import type { SessionPane } from '../../parts/session-pane.svelte.js'

/** What a publisher sends, and what its listeners asked for. */
export class PublisherDesk {
  readonly pane: SessionPane
  readonly #key: string
  #topic = $state('')

  constructor(pane: SessionPane) {
    this.pane = pane
    this.#key = draftKey(pane.session).replace('send', 'topic')
    this.#topic = pane.bench.profile.draft(this.#key)
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

  /** The topic goes first, as a frame of its own: that is what subscribers match. */
  async send(frames: Uint8Array[]): Promise<void> {
    await this.pane.send(this.#topic === '' ? frames : [encodeText(this.#topic), ...frames])
  }
}
