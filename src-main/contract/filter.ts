import * as v from 'valibot'
import { directions } from './page.js'
import { TopicKeySchema } from './topics.js'

/** Which rows to show: all that is given must hold. Empty shows every row. */
export const FilterSchema = v.object({
  direction: v.optional(v.picklist(directions)),
  /** The row's source: a client of a server, a station of a subscriber. */
  source: v.optional(v.number()),
  /** Of any of these sources: solo; of none of these: mute. What is muted is still received and counted. */
  sources: v.optional(v.pipe(v.array(v.number()), v.maxLength(1000))),
  notSources: v.optional(v.pipe(v.array(v.number()), v.maxLength(1000))),
  /** Likewise of topics, whole. */
  topics: v.optional(v.pipe(v.array(TopicKeySchema), v.maxLength(10_000))),
  notTopics: v.optional(v.pipe(v.array(TopicKeySchema), v.maxLength(10_000))),
  /** Found in any frame's text, whatever the case of letters. */
  text: v.optional(v.pipe(v.string(), v.maxLength(10_000))),
  /** RE2 syntax, found in any frame's text. */
  regex: v.optional(v.pipe(v.string(), v.maxLength(10_000))),
  /** The first frame begins with it. */
  topic: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  /** Bytes of all frames, bounds included. */
  minSize: v.optional(v.number()),
  maxSize: v.optional(v.number()),
  /** Milliseconds since 1970, bounds included. */
  since: v.optional(v.number()),
  until: v.optional(v.number()),
  /** A path into the last frame's JSON, and how its value must compare. */
  json: v.optional(
    v.object({
      path: v.pipe(v.string(), v.maxLength(1000)),
      is: v.optional(v.picklist(['=', '!=', '<', '<=', '>', '>=', 'exists']), 'exists'),
      value: v.optional(v.string(), ''),
    }),
  ),
})
export type Filter = v.InferOutput<typeof FilterSchema>

/** A stretch of a search. Ask again from `next` until `done`; later rows can be searched from `next` on as they come. */
export interface Found {
  /** Sequence numbers of matching rows, as the bytes of a Float64Array, ascending. */
  seqs: Uint8Array
  /** Where to go on. */
  next: number
  /** All rows there are have been looked at. */
  done: boolean
}
