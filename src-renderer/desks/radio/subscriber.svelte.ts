import type { SessionPane } from '../../parts/session-pane.svelte.js'

/** What a subscriber listens for, and the topic being added. */
export class SubscriberDesk {
  readonly pane: SessionPane
  topic = $state('')

  constructor(pane: SessionPane) {
    this.pane = pane
  }

  get topics(): readonly string[] {
    const { settings } = this.pane.session
    return this.pane.session.status('subscriber')?.topics ?? (settings.role === 'subscriber' ? settings.topics : [])
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
