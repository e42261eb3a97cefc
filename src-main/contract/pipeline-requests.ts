import * as v from 'valibot'
import type { SessionInfo } from './models.js'
import { nodeActions, type PipelineGraph } from './pipeline-graph.js'
import { steering, type RunFigures, type RunSummary } from './pipeline-run.js'
import { scenarioNames, type ScenarioInfo } from './pipeline-scenario.js'
import { MAX_TASK_ROWS, taskFilters, type Lanes, type TaskPage } from './pipeline-tasks.js'
import { MAX_PIECE, VentilatorTuning, WorkerTuning, WorkSchema } from './pipeline.js'

const id = v.pipe(v.string(), v.maxLength(64))
const none = v.optional(v.undefined())
const index = v.pipe(v.number(), v.integer(), v.minValue(0))
/** Milliseconds since 1970, bounds included. */
const range = { from: v.optional(v.number()), to: v.optional(v.number()) }

/** The part of `requestArguments` that is about work. */
export const pipelineRequests = {
  /** A ventilator begins to make work; at most one run at a time. Fails with WRONG_ROLE, NOT_OPEN, RUN_GOES_ON, BAD_TEMPLATE. */
  'pipeline.run': v.object({ id, work: WorkSchema }),
  /** A piece of a run's file, in order; `last` ends it. Answered when there is room for the next. Fails with NO_RUN, NOT_FED. */
  'pipeline.feed': v.object({
    run: id,
    text: v.pipe(v.string(), v.maxLength(MAX_PIECE)),
    last: v.optional(v.boolean(), false),
  }),
  /** Fails with NO_RUN; what makes no sense now (to pause a run that is done) does nothing. */
  'pipeline.steer': v.object({ run: id, to: v.picklist(steering) }),
  /** Every run that is kept, oldest first: the last 32, and 4,000,000 tasks of them all. To be asked at most 4 times a second, as all of these. */
  'pipeline.runs': none,
  'pipeline.figures': v.object({ run: id }),
  'pipeline.tasks': v.object({
    run: id,
    filter: v.optional(v.picklist(taskFilters), 'all'),
    from: v.optional(index, 0),
    count: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TASK_ROWS)),
  }),
  /** Lanes `first`, `first + 1`, … (from 0) for a picture `width` pixels wide. Without `to` up to now; `span` ms if there is no `from`, or all. */
  'pipeline.lanes': v.object({
    run: id,
    ...range,
    span: v.optional(v.pipe(v.number(), v.minValue(1))),
    width: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(20_000)),
    first: v.optional(index, 0),
    count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000)), 200),
  }),
  /** A piece of the tasks as CSV, from `at` on (left out: the beginning, with a head line), until `next` is undefined. */
  'pipeline.csv': v.object({ run: id, filter: v.optional(v.picklist(taskFilters), 'all'), at: v.optional(index) }),
  /** Stops a run if it goes on, and drops what is known of it. */
  'pipeline.forget': v.object({ run: id }),
  /** Nodes and edges of every ventilator, worker and sink, open or not, that changed since a revision (0: all). */
  'pipeline.graph': v.object({ since: v.optional(v.number(), 0) }),
  /** To a whole session or, with `worker`, to one of its group. Fails with NO_SESSION, WRONG_ROLE, NO_WORKER. */
  'pipeline.act': v.object({
    id,
    worker: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    action: v.picklist(nodeActions),
  }),
  /** Changes settings without closing the session. Fails with WRONG_ROLE, BAD_PATH: then nothing changes. */
  'pipeline.tune': v.object({ id, ventilator: v.optional(VentilatorTuning), worker: v.optional(WorkerTuning) }),
  /** Begins a scenario on sessions of its own; one at a time. Fails with SCENARIO_GOES_ON. */
  'pipeline.scenario': v.object({ name: v.picklist(scenarioNames) }),
  /** The last one begun, as far as it has come. */
  'pipeline.scenarioInfo': none,
  'pipeline.stopScenario': none,
  /** Stops it and forgets all of its sessions; its runs stay. */
  'pipeline.closeScenario': none,
} as const satisfies Record<string, v.GenericSchema>

/** What those answer. */
export interface PipelineResults {
  'pipeline.run': RunSummary
  'pipeline.feed': undefined
  'pipeline.steer': RunSummary
  'pipeline.runs': RunSummary[]
  'pipeline.figures': RunFigures
  'pipeline.tasks': TaskPage
  'pipeline.lanes': Lanes
  'pipeline.csv': { text: string; next: number | undefined }
  'pipeline.forget': undefined
  'pipeline.graph': PipelineGraph
  'pipeline.act': SessionInfo
  'pipeline.tune': SessionInfo
  'pipeline.scenario': ScenarioInfo
  'pipeline.scenarioInfo': ScenarioInfo | undefined
  'pipeline.stopScenario': ScenarioInfo | undefined
  'pipeline.closeScenario': ScenarioInfo | undefined
}
