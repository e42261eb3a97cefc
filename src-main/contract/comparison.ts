import type { Direction } from './page.js'
import type { TopicKey } from './topics.js'

export const differences = ['changed', 'missing', 'extra'] as const
export type Difference = (typeof differences)[number]

export interface ComparisonCounts {
  /** Messages of the first, and of the second. */
  a: number
  b: number
  /** In both, in both with other content, only in the first, only in the second. */
  same: number
  changed: number
  missing: number
  extra: number
}

export interface TopicComparison extends ComparisonCounts {
  readonly topic: TopicKey
  /** Which way, where both were compared. */
  readonly direction?: Direction
}

/** What two sessions have in common, and what not. */
export interface Comparison extends ComparisonCounts {
  /** Those with the most differences first; at most 1000. */
  readonly topics: readonly TopicComparison[]
  /** How many topics there are. */
  readonly topicCount: number
  /** Rows of the first difference; 0 where one side has none. */
  readonly firstDifference?: { kind: Difference; topic: TopicKey; a: number; b: number }
  /** Messages that were counted as missing or extra before all was read, since too many waited: their counterparts may have come later. */
  readonly hurried: number
  /** Rows that had gone from memory before they were read, on both sides. */
  readonly gone: number
}
