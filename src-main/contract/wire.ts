import * as v from 'valibot'
import { FaultSchema } from './faults.js'

/** Raised by one whenever frames, requests or events change in a way that an older view would misread. */
export const PROTOCOL_VERSION = 1

/**
 * Largest frame that a view may send, in bytes: one message frame of the default limit (64 MiB), as much again for the
 * message's others, and the envelope. A WebSocket that brings more is closed: a view refuses it before it sends.
 */
export const MAX_UPWARD_BYTES = 129 * 1024 * 1024

/** View → engine. `id` is chosen by the view and unique among its open calls. */
export const CallFrame = v.object({
  kind: v.literal('call'),
  id: v.pipe(v.number(), v.integer(), v.minValue(0)),
  name: v.string(),
  /** Left out where there are none: msgpack has no `undefined`. So is an undefined `value` below. */
  args: v.optional(v.unknown()),
})
/** View → engine: the result of call `id` is no longer wanted. It settles all the same, usually as fault `CANCELLED`. */
export const CancelFrame = v.object({ kind: v.literal('cancel'), id: v.number() })
/** Engine → view, first frame on every port. */
export const HelloFrame = v.object({ kind: v.literal('hello'), version: v.number() })
export const DoneFrame = v.object({ kind: v.literal('done'), id: v.number(), value: v.optional(v.unknown()) })
export const FailFrame = v.object({ kind: v.literal('fail'), id: v.number(), fault: FaultSchema })
export const EventFrame = v.object({ kind: v.literal('event'), name: v.string(), value: v.unknown() })

/** What the engine's side accepts. */
export const UpFrame = v.variant('kind', [CallFrame, CancelFrame])
/** What the view's side accepts. */
export const DownFrame = v.variant('kind', [HelloFrame, DoneFrame, FailFrame, EventFrame])

export type UpFrame = v.InferOutput<typeof UpFrame>
export type DownFrame = v.InferOutput<typeof DownFrame>
export type WireFrame = UpFrame | DownFrame
