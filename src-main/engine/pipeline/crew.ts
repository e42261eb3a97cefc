import { Fault, type Link, type LinkState, type NodeAction, type SettingsOf } from '../../contract/index.js'
import { cannotPause, notOpen } from '../errors.js'
import type { EndpointLink } from '../link.js'
import type { RoleHost } from '../roles/role.js'
import type { SocketWatcher } from '../socket.js'
import { Craft } from './craft.js'
import type { Crew, Member } from './member.js'
import { Workman } from './workman.js'

/** Milliseconds between two tellings of what workers have in hand, of one and of a group. */
const TELL = 50
const TELL_GROUP = 250

/** The workers of one session: each with sockets of its own, all with the same settings. */
export class WorkerCrew implements Crew {
  readonly #host: RoleHost
  readonly #watcher: SocketWatcher
  readonly #member: Member
  readonly #workers: Workman[] = []
  /** Those of whom there are too many now: they still pass on what they have in hand. */
  readonly #leaving = new Set<Workman>()
  /** One change of their number after the other: a number is given again only when who had it is gone. */
  #staffing: Promise<unknown> = Promise.resolve()
  #closed = false
  #craft: Craft
  #told = 0
  #timer: NodeJS.Timeout | undefined

  /** Throws Fault BAD_PATH, BAD_GROUP. */
  constructor(settings: SettingsOf<'worker'>, host: RoleHost, watcher: SocketWatcher) {
    if (settings.workers > 1) checkGroup(settings)
    this.#craft = new Craft(settings)
    this.#host = host
    this.#watcher = watcher
    this.#member = host.member
    this.#member.hands.splice(settings.workers)
    for (let n = 1; n <= settings.workers; n++) this.#workers.push(this.#hire(n))
  }

  get workers(): readonly Workman[] {
    return this.#workers
  }

  get inHand(): number {
    return this.#workers.reduce((sum, { hand }) => sum + hand.inHand, 0)
  }

  get queued(): number {
    return this.#workers.reduce((sum, { queued }) => sum + queued, 0)
  }

  open(): Promise<void> {
    return this.#open(this.#workers)
  }

  links(n: number): { from: readonly EndpointLink[]; to: readonly EndpointLink[] } {
    return this.#workers[n - 1]?.links ?? { from: [], to: [] }
  }

  /** One link for each endpoint, whoever many workers there are: see `merged`. */
  summary(): Link[] {
    const byIndex = new Map<number, Link[]>()
    for (const worker of this.#workers)
      for (const link of [...worker.links.from, ...worker.links.to]) {
        const info = link.info()
        const same = byIndex.get(info.index)
        if (same === undefined) byIndex.set(info.index, [info])
        else same.push(info)
      }
    return [...byIndex.values()].map(merged)
  }

  async act(action: NodeAction, worker?: number): Promise<void> {
    if (this.#closed && action === 'open') throw notOpen('closing')
    const chosen = worker === undefined ? [...this.#workers] : this.#workers.slice(worker - 1, worker)
    if (chosen.length === 0)
      throw new Fault('NO_WORKER', `This session has ${this.#workers.length} workers, and no worker ${worker}.`, {
        worker: worker ?? 0,
      })
    if (action === 'pause' && !chosen.some(({ hand: { state } }) => state === 'open' || state === 'paused'))
      throw cannotPause()
    await Promise.all(chosen.map((one) => act(one, action)))
  }

  /** In force at once, but for the number of workers: resolves when they are as many. Throws Fault BAD_PATH, BAD_GROUP at once, and then nothing changes. */
  retune(settings: SettingsOf<'worker'>): Promise<void> {
    if (settings.workers > 1) checkGroup(settings)
    this.#craft = new Craft(settings)
    if (settings.workers === this.#workers.length) return Promise.resolve()
    const staffed = this.#staffing.then(() => this.#staff())
    this.#staffing = staffed.catch(() => undefined)
    return staffed
  }

  async drained(limit: number): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.drained(limit)))
  }

  /** Returns how many results were left. */
  async close(deadline?: number): Promise<number> {
    this.#closed = true
    const left = await Promise.all([...this.#workers, ...this.#leaving].map((worker) => worker.close(deadline)))
    await this.#staffing
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#told = Infinity
    return left.reduce((sum, n) => sum + n, 0)
  }

  /** As many workers as the settings now say: they may have been changed again since it was asked for. */
  async #staff(): Promise<void> {
    if (this.#closed) return
    const leaving = this.#workers.splice(this.#craft.settings.workers)
    for (const worker of leaving) this.#leaving.add(worker)
    await Promise.all(leaving.map((worker) => worker.close()))
    for (const worker of leaving) this.#leaving.delete(worker)
    this.#member.hands.splice(this.#workers.length)
    const added: Workman[] = []
    while (this.#workers.length < this.#craft.settings.workers) {
      const worker = this.#hire(this.#workers.length + 1)
      this.#workers.push(worker)
      added.push(worker)
    }
    await this.#open(added)
  }

  /** One after the other, until it is closed. */
  async #open(workers: readonly Workman[]): Promise<void> {
    for (const worker of workers) if (!this.#closed) await worker.open()
  }

  #hire(number: number): Workman {
    return new Workman(this.#member.hand(number), {
      host: this.#host,
      watcher: this.#watcher,
      craft: () => this.#craft,
      changed: () => this.#changed(),
    })
  }

  /** Not each time: what is in hand changes twice a task. */
  #changed(): void {
    if (this.#timer !== undefined) return
    const at = performance.now()
    const tell = this.#workers.length > 1 ? TELL_GROUP : TELL
    if (at - this.#told >= tell) {
      this.#told = at
      this.#host.changed()
    } else if (this.#told !== Infinity)
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#told = performance.now()
        this.#host.changed()
      }, tell)
  }
}

async function act(worker: Workman, action: NodeAction): Promise<void> {
  switch (action) {
    case 'open':
      return worker.open()
    case 'close':
      await worker.close()
      return
    case 'kill':
      return worker.crash('killed')
    case 'pause':
    case 'resume':
      return worker.pause(action === 'pause')
  }
}

/** Only one socket can bind to an address. */
function checkGroup({ workers, endpoints, forward }: SettingsOf<'worker'>): void {
  const fixed = [...endpoints, ...forward].find(
    ({ method, address }) => method === 'bind' && !/^@?tcp:.*:[*0]$/i.test(address.trim()),
  )
  if (fixed !== undefined)
    throw new Fault(
      'BAD_GROUP',
      `${workers} workers cannot all bind to ${fixed.address}: let them connect, or give a port of “*” so that each has its own.`,
      { address: fixed.address, workers },
    )
}

/** From the one that most needs to be seen. */
const order: readonly LinkState[] = [
  'failed',
  'no-handshake',
  'waiting',
  'connecting',
  'connected',
  'resolving',
  'binding',
  'listening',
  'up',
  'closed',
]

/** The same endpoint of many workers as one: their peers together, and the state of the one that has come least far. */
function merged(links: readonly Link[]): Link {
  let worst = links[0]!
  let peers = 0
  for (const link of links) {
    peers += link.peers
    if (order.indexOf(link.state) < order.indexOf(worst.state)) worst = link
  }
  return { ...worst, peers }
}
