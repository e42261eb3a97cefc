import * as v from 'valibot'

/** Whole milliseconds, up to a day. */
const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400_000))
/** Milliseconds of work, with a fraction; up to an hour. */
const effort = v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(3_600_000))
const path = v.pipe(v.string(), v.maxLength(1000))

/** Most workers of one session, most tasks that one of them has in hand at once, and most tasks of one run. */
export const MAX_WORKERS = 1000
export const MAX_CONCURRENCY = 1000
export const MAX_TASKS = 2_000_000

/** How long work takes, in milliseconds a task. */
export const DistributionSchema = v.variant('kind', [
  v.object({ kind: v.literal('fixed'), ms: effort }),
  /** Evenly from `min` to `max`. */
  v.object({ kind: v.literal('uniform'), min: effort, max: effort }),
  v.object({ kind: v.literal('exponential'), mean: effort }),
  /** Pareto: most take little more than `min`, a few very long, none over `max`. The smaller `shape`, the heavier the tail; 1.2 is heavy, 3 light. */
  v.object({
    kind: v.literal('heavy'),
    min: effort,
    shape: v.optional(v.pipe(v.number(), v.minValue(0.1), v.maxValue(10)), 1.2),
    max: v.optional(effort, 10_000),
  }),
])
export type Distribution = v.InferOutput<typeof DistributionSchema>

/**
 * How tasks of a run are known again where they are collected.
 * - `none`: by their content. A worker that changes it, if it is none of ours, hides the task; of tasks with the same content the oldest is taken.
 * - `frame`: a first frame of its own, see `taskName`
 * - `json`: a text field of that name at the top of the payload. A payload that is no JSON object becomes one: `{"task":"…","value":…}`.
 */
export const TaskIdSchema = v.variant('kind', [
  v.object({ kind: v.literal('none') }),
  v.object({ kind: v.literal('frame') }),
  v.object({
    kind: v.literal('json'),
    field: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(100)), 'task'),
  }),
])
export type TaskId = v.InferOutput<typeof TaskIdSchema>

/**
 * How work is dealt.
 * - `turns`: PUSH to PULL, each in turn
 * - `demand`: ROUTER to DEALER. A worker asks with a message of one frame, the number of tasks it can take as a decimal text (empty: one), and gets each task as a
 *   message without an envelope. It asks again for as many as it has finished. Nobody gets what was not asked for.
 */
export const dealingModes = ['turns', 'demand'] as const
export type DealingMode = (typeof dealingModes)[number]

/** What a ventilator's settings have beside those of every role. */
export const ventilatorEntries = {
  taskId: v.optional(TaskIdSchema, { kind: 'none' }),
  mode: v.optional(v.picklist(dealingModes), 'turns'),
  /** Peers that must be connected (by demand: have asked) before a run hands anything over; 0: none, whoever comes first takes what there is. */
  waitFor: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)), 0),
  /** Milliseconds after which a task that was handed over and not collected is handed over again; 0: never. */
  redo: v.optional(milliseconds, 0),
  /** Milliseconds without any sign of a run that makes no more tasks, after which what was not collected counts as lost. */
  quiet: v.optional(v.pipe(milliseconds, v.minValue(1)), 2000),
}

/** How long a worker works on a task: `delay` milliseconds as in its settings, drawn from a distribution, or what the task itself says, in milliseconds at `path` of its JSON. */
export const CostSchema = v.variant('kind', [
  v.object({ kind: v.literal('delay') }),
  v.object({ kind: v.literal('task'), path: v.optional(path, 'cost') }),
  ...DistributionSchema.options,
])
export type Cost = v.InferOutput<typeof CostSchema>

export const arithmetic = ['add', 'subtract', 'multiply', 'divide'] as const
/**
 * What a worker really does with a task's payload: its frames without the id. What it cannot be done to goes on as it is, and is counted.
 * - `upper`: text to capitals
 * - `json`: one number in it
 * - `checksum`: one more frame, the SHA-256 of the payload in hex
 */
export const StepSchema = v.variant('kind', [
  v.object({ kind: v.literal('pass') }),
  v.object({ kind: v.literal('upper') }),
  v.object({
    kind: v.literal('json'),
    path,
    operation: v.picklist(arithmetic),
    by: v.pipe(v.number(), v.finite()),
  }),
  v.object({ kind: v.literal('checksum') }),
])
export type Step = v.InferOutput<typeof StepSchema>

/**
 * Crashes on purpose: the worker's sockets close at once with linger 0, and what it had in hand or in its pipe is gone.
 * `back`: milliseconds after which it comes back; left out: it does not. `worker`: that one only (from 1); left out: every one for itself.
 */
export const CrashSchema = v.variant('kind', [
  v.object({ kind: v.literal('never') }),
  /** Once, when it has taken its n-th task. */
  v.object({
    kind: v.literal('after'),
    tasks: v.pipe(v.number(), v.integer(), v.minValue(1)),
    back: v.optional(milliseconds),
    worker: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_WORKERS))),
  }),
  /** With this probability at each task that it takes. */
  v.object({
    kind: v.literal('chance'),
    probability: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    back: v.optional(milliseconds),
    worker: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_WORKERS))),
  }),
])
export type Crash = v.InferOutput<typeof CrashSchema>

/** What a worker's settings have beside those of every role, `forward` and `delay`. */
export const workerEntries = {
  /** Real workers to ZeroMQ: each has sockets of its own. A row's `source` is the worker's number, from 1. */
  workers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_WORKERS)), 1),
  /** Tasks that each has in hand at once. */
  concurrency: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_CONCURRENCY)), 1),
  /** As the ventilator deals. */
  mode: v.optional(v.picklist(dealingModes), 'turns'),
  cost: v.optional(CostSchema, { kind: 'delay' }),
  /** The cost is spent computing, in slices of a few milliseconds that leave the rest of Socketeer its turns, instead of waiting. One core does it for all workers. */
  busy: v.optional(v.boolean(), false),
  step: v.optional(StepSchema, { kind: 'pass' }),
  crash: v.optional(CrashSchema, { kind: 'never' }),
}

/** What of a ventilator can be changed while it is open; what is left out stays. A run takes `taskId` when it begins, the rest at once. */
export const VentilatorTuning = v.partial(v.object(bare(ventilatorEntries, ['taskId', 'waitFor', 'redo', 'quiet'])))
/** What of a worker group can be changed while it is open. More `workers` join at once; fewer: the last ones end when they have passed on what they have in hand. */
export const WorkerTuning = v.partial(
  v.object({ delay: v.optional(milliseconds), ...bare(workerEntries, ['workers', 'cost', 'busy', 'step', 'crash']) }),
)
export type VentilatorTuning = v.InferOutput<typeof VentilatorTuning>
export type WorkerTuning = v.InferOutput<typeof WorkerTuning>

/** Entries without their defaults, so that what is left out is left out. */
function bare<E extends Record<string, v.OptionalSchema<v.GenericSchema, unknown>>, K extends keyof E>(
  entries: E,
  keys: readonly K[],
): { [P in K]: E[P]['wrapped'] } {
  return Object.fromEntries(keys.map((key) => [key, entries[key]?.wrapped])) as { [P in K]: E[P]['wrapped'] }
}

/** Characters of a piece of text that is fed, and of a text that is given whole. */
export const MAX_PIECE = 1024 * 1024
export const MAX_WORK_TEXT = 16 * 1024 * 1024

/**
 * How text becomes tasks. Empty lines are no tasks; what cannot be read is left out and counted.
 * - `lines`: one task a line
 * - `csv`: the first record names the fields, each other is a task, as a JSON object; what reads as a number is one
 * - `jsonl`: one JSON value a line
 */
export const workFormats = ['lines', 'csv', 'jsonl'] as const
export type WorkFormat = (typeof workFormats)[number]

/** What a run makes its tasks of. */
export const WorkSchema = v.variant('kind', [
  v.object({
    kind: v.literal('text'),
    text: v.pipe(v.string(), v.maxLength(MAX_WORK_TEXT)),
    format: v.optional(v.picklist(workFormats), 'lines'),
  }),
  /** A file: its text comes by `pipeline.feed`, piece by piece. `bytes`: its size, for the progress. */
  v.object({
    kind: v.literal('feed'),
    format: v.optional(v.picklist(workFormats), 'lines'),
    name: v.optional(v.pipe(v.string(), v.maxLength(1000)), ''),
    bytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  }),
  v.object({
    kind: v.literal('generate'),
    /** 0: until stopped. */
    count: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TASKS)),
    /** Tasks a second; 0: as fast as they are taken. */
    rate: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000)), 0),
    /** As in a server's rules, and `{{n}}` (the task's number) and `{{cost}}` (drawn from `cost`, ms). */
    template: v.optional(v.pipe(v.string(), v.maxLength(1024 * 1024)), '{"n":{{n}},"cost":{{cost}}}'),
    cost: v.optional(DistributionSchema, { kind: 'fixed', ms: 0 }),
    /** Bytes that each payload is filled up to, with blanks; 0: as it is. */
    size: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16 * 1024 * 1024)), 0),
  }),
])
export type Work = v.InferOutput<typeof WorkSchema>
export type WorkInput = v.InferInput<typeof WorkSchema>
