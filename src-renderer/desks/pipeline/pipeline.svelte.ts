import type { RoleName, SessionSettingsInput } from '../../../src-main/contract/index.js'
import { defaultEndpoints, defaultForward } from '../../../src-main/contract/index.js'
import { detached } from '../../lib/detached.svelte.js'
import type { SessionView } from '../../state/session.svelte.js'
import type { Workbench } from '../../state/workbench.svelte.js'
import { LaneWatch } from './audit/lanes.svelte.js'
import { TaskList } from './audit/tasks.svelte.js'
import { Graph } from './graph/graph.svelte.js'
import { GROUP_FROM } from './graph/plan.js'
import { Runs } from './runs/runs.svelte.js'
import { Scenarios } from './scenarios/scenarios.svelte.js'
import { MakeWork } from './work/make-work.svelte.js'

export const stages = ['ventilator', 'worker', 'sink'] as const satisfies readonly RoleName[]
export type Stage = (typeof stages)[number]
export type View = 'graph' | 'panes'
/** What stands beside the graph, and below it. */
export type Side = 'audit' | 'node' | 'scenario'
export type Dock = 'lanes' | 'tasks'

const VIEW = 'pipeline view'

/** What a stage has done so far, over all its sessions. */
export interface StageCount {
  readonly sessions: number
  /** Tasks handed out, passed on, or collected. */
  readonly done: number
  readonly rate: number
  /** Taken and not passed on yet (workers), or waiting in our own queue (ventilator). */
  readonly held: number
}

/** The pipeline desk: the graph with what is known of a run, or the three stages side by side. */
export class PipelineDesk {
  readonly bench: Workbench
  readonly graph: Graph
  readonly runs: Runs
  readonly work: MakeWork
  readonly lanes: LaneWatch
  readonly tasks: TaskList
  readonly scenarios: Scenarios
  /** The stage that is wide where there is no room for all. */
  wide = $state<Stage>('ventilator')
  side = $state<Side>('audit')
  /** In a small window the graph has the room at first. */
  sideShown = $state(innerWidth > 1000)
  dock = $state<Dock>('lanes')
  #view = $state<View>('graph')
  /** The recorded sessions in spite of which the graph was wanted. */
  #graphBeside = $state.raw<readonly string[]>([])
  /** The node that is looked at: as in the graph. */
  #node = $state('')
  #followed: Workbench['lastPick']

  private constructor(bench: Workbench) {
    this.bench = bench
    this.graph = new Graph(bench, (id) => this.open(id))
    this.runs = new Runs(bench)
    this.work = new MakeWork(bench, this.runs)
    this.lanes = new LaneWatch(bench.caller)
    this.tasks = new TaskList(bench.caller)
    this.scenarios = new Scenarios(bench)
    this.#view = bench.profile.draft(VIEW) === 'panes' ? 'panes' : 'graph'
  }

  /** One desk for as long as the page lives: going to another and back loses nothing. */
  static of(bench: Workbench): PipelineDesk {
    let desk = desks.get(bench)
    if (desk === undefined) {
      desk = detached(() => new PipelineDesk(bench))
      desks.set(bench, desk)
    }
    return desk
  }

  /** What was recorded flows no more, and is not in the graph: when it is picked, it is looked at in panes. */
  get view(): View {
    return this.#recorded.some((id) => !this.#graphBeside.includes(id)) ? 'panes' : this.#view
  }
  set view(view: View) {
    this.#graphBeside = view === 'graph' ? this.#recorded : []
    this.#view = view
    this.bench.profile.setDraft(VIEW, view)
  }
  /** Recorded sessions that are picked. */
  get #recorded(): string[] {
    return stages
      .flatMap((stage) => this.bench.shown(stage) ?? [])
      .flatMap(({ id, info }) => (info.recorded === undefined ? [] : id))
  }
  get node(): string {
    return this.#node
  }
  /** Looks at a node: its panel stands beside the graph. '' looks away. */
  open(node: string): void {
    this.#node = node
    this.graph.select(node)
    if (node !== '') {
      this.side = 'node'
      this.sideShown = true
    } else if (this.side === 'node') this.side = 'audit'
  }

  /** Sessions in the graph; of a node that is looked at, its own; undefined where it is not shown. */
  get seen(): ReadonlySet<string> | undefined {
    if (this.view !== 'graph') return undefined
    const looked = this.side === 'node' && this.sideShown ? this.#node : ''
    const ids = stages.flatMap((stage) => this.#flowing(stage)).map(({ id }) => id)
    return new Set(looked === '' ? ids : ids.filter((id) => looked === id || looked.startsWith(`${id}/`)))
  }
  /** A person picked a session: in the graph, that is to look at its node. */
  follow(pick: Workbench['lastPick']): void {
    // Once: going to another desk and back opens nothing again.
    if (pick === this.#followed) return
    this.#followed = pick
    if (pick?.session !== undefined && this.view === 'graph' && isStage(pick.role)) this.open(nodeOf(pick.session))
  }
  /** What a recording holds was done another time. */
  #flowing(stage: Stage): readonly SessionView[] {
    return this.bench.ofRole(stage).filter(({ info }) => info.recorded === undefined)
  }

  /** A ventilator, a group of workers and a sink on the default ports. Those that there are already stay, and are used. */
  async build(workers: number): Promise<void> {
    for (const settings of pipeline(workers)) await this.bench.open(settings)
    this.view = 'graph'
  }

  count(stage: Stage): StageCount {
    const sessions = this.#flowing(stage)
    const sum = (of: (session: SessionView) => number): number =>
      sessions.reduce((total, session) => total + of(session), 0)
    const way = stage === 'sink' ? 'in' : 'out'
    return {
      sessions: sessions.length,
      done: sum(({ numbers }) => numbers[way].messages),
      rate: sum(({ numbers }) => numbers[way].rate1),
      held: sum((session) => (stage === 'worker' ? (session.status('worker')?.inHand ?? 0) : session.numbers.queued)),
    }
  }
}
const desks = new WeakMap<Workbench, PipelineDesk>()

const isStage = (role: RoleName): role is Stage => (stages as readonly RoleName[]).includes(role)

/** Where a session stands in the graph; a group, or else the first of its workers. */
function nodeOf({ id, settings }: SessionView): string {
  if (settings.role !== 'worker') return id
  return `${id}/${settings.workers >= GROUP_FROM ? 'group' : 1}`
}

/** The sink first, the ventilator last: whoever is to get something is there before it is handed out. */
export function pipeline(workers: number): SessionSettingsInput[] {
  return [
    { role: 'sink', endpoints: [...defaultEndpoints.sink] },
    { role: 'worker', endpoints: [...defaultEndpoints.worker], forward: [...defaultForward], workers, delay: 10 },
    { role: 'ventilator', endpoints: [...defaultEndpoints.ventilator], taskId: { kind: 'frame' } },
  ]
}
