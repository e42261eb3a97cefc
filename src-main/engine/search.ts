import { setImmediate as turn } from 'node:timers/promises'
import { directions, type Filter, type Found, type TopicKey } from '../contract/index.js'
import { AsciiPattern } from '../payload/ascii-pattern.js'
import { ByteFinder } from '../payload/find-bytes.js'
import { parsePath } from '../payload/json-path.js'
import { asciiNumber, JsonScan } from '../payload/json-scan.js'
import { compilePattern, requiredText } from '../payload/pattern.js'
import { decodeTextLossy } from '../payload/text.js'
import { TOPIC_BYTES, topicBytes, topicLength } from '../payload/topic.js'
import type { Journal } from './journal.js'
import { KeyTable } from './radio/key-table.js'
import type { Slab } from './slab.js'

/** Milliseconds that one stretch may hold up everything else. */
const SLICE = 12
/** Milliseconds after which an answer goes out that has found something, and one that has not: each costs the line a way there and back. */
const SHOWN = 30
const WONDERING = 90
/** Rows, and their bytes, between two looks at the clock; and matches in one answer. */
const STRIDE = 256
const STRIDE_BYTES = 1024 * 1024
const MOST = 50_000

/** Whether row `i` of a slab passes. */
export type RowTest = (slab: Slab, i: number) => boolean
type Test = RowTest

/**
 * Rows of a journal that pass a filter, from `from` on, for a few milliseconds: a search through a million rows is many short stretches with
 * everything else in between. Cheap tests come first, and no row becomes an object. Throws Fault `BAD_PATTERN` or `BAD_PATH`.
 */
export function search(journal: Journal, filter: Filter, from: number): Found {
  const found: number[] = []
  return answer(journal, found, stretch(journal, rowTest(filter), from, found))
}

/** As `search`, for many stretches: until something can be shown, or a person would wonder. */
export async function searchOn(journal: Journal, filter: Filter, from: number, signal?: AbortSignal): Promise<Found> {
  const test = rowTest(filter)
  const began = performance.now()
  const found: number[] = []
  for (let at = from; ;) {
    at = stretch(journal, test, at, found)
    const took = performance.now() - began
    const enough = found.length >= MOST || took > (found.length > 0 ? SHOWN : WONDERING)
    if (enough || at > journal.last || signal?.aborted === true) return answer(journal, found, at)
    await turn()
  }
}

function answer(journal: Journal, found: readonly number[], next: number): Found {
  return { seqs: new Uint8Array(Float64Array.from(found).buffer), next, done: next > journal.last }
}

/** Adds what it finds, and returns where to go on. */
function stretch(journal: Journal, test: RowTest, from: number, found: number[]): number {
  const end = performance.now() + SLICE
  let next = Math.max(from, journal.first)
  let looked = 0
  let bytes = 0
  let late = false
  while (!late && next <= journal.last) {
    const slab = journal.slabOf(next)
    if (slab === undefined) break
    for (let i = next - slab.firstSeq; i < slab.rows && !late; i++) {
      if (test(slab, i)) found.push(next)
      next++
      bytes += slab.to(i) - slab.from(i)
      if (++looked % STRIDE !== 0 && bytes < STRIDE_BYTES) continue
      bytes = 0
      late = performance.now() > end || found.length >= MOST
    }
  }
  return next
}

/** A filter made ready for many rows. Throws Fault `BAD_PATTERN` or `BAD_PATH`. */
export function rowTest(filter: Filter): RowTest {
  return all(compileFilter(filter))
}

function all(tests: readonly Test[]): Test {
  const [only] = tests
  if (tests.length === 0) return () => true
  return tests.length === 1 && only !== undefined ? only : (slab, i) => tests.every((test) => test(slab, i))
}

function compileFilter(filter: Filter): Test[] {
  const tests: Test[] = []
  const { direction, source, sources, notSources, since, until, minSize, maxSize } = filter
  const { topic, topics, notTopics, text, regex, json } = filter
  if (direction !== undefined) {
    const wanted = directions.indexOf(direction)
    tests.push((slab, i) => slab.direction(i) === wanted)
  }
  if (source !== undefined) tests.push((slab, i) => slab.source(i) === source)
  if (sources !== undefined) tests.push((slab, i) => sources.includes(slab.source(i)))
  if (notSources !== undefined) tests.push((slab, i) => !notSources.includes(slab.source(i)))
  if (since !== undefined) tests.push((slab, i) => slab.time(i) >= since)
  if (until !== undefined) tests.push((slab, i) => slab.time(i) <= until)
  if (minSize !== undefined || maxSize !== undefined)
    tests.push((slab, i) => {
      const size = slab.to(i) - slab.from(i)
      return size >= (minSize ?? 0) && size <= (maxSize ?? Infinity)
    })
  if (topic !== undefined && topic !== '') tests.push(prefixTest(Buffer.from(topic)))
  if (topics !== undefined) tests.push(topicsTest(topics))
  if (notTopics !== undefined) {
    const muted = topicsTest(notTopics)
    tests.push((slab, i) => !muted(slab, i))
  }
  if (text !== undefined && text !== '') tests.push(textTest(text))
  if (regex !== undefined && regex !== '') tests.push(patternTest(regex))
  if (json !== undefined) tests.push(jsonTest(json))
  return tests
}

function prefixTest(prefix: Uint8Array): Test {
  return (slab, i) => {
    if (slab.sizeOf(i, 0) < prefix.byteLength) return false
    const from = slab.from(i)
    for (let b = 0; b < prefix.byteLength; b++) if (slab.bytes[from + b] !== prefix[b]) return false
    return true
  }
}

/** Whether a row's topic is one of these. */
function topicsTest(topics: readonly TopicKey[]): Test {
  const keys = new KeyTable(topics.length)
  const none = topics.some(({ kind }) => kind === 'none')
  for (const topic of topics) {
    const key = topicBytes(topic)
    if (key !== undefined) keys.intern(key, 0, Math.min(key.byteLength, TOPIC_BYTES))
  }
  return (slab, i) => {
    const from = slab.from(i)
    const length = topicLength(slab.bytes, from, from + slab.sizeOf(i, 0), slab.count(i))
    return length < 0 ? none : keys.find(slab.bytes, from, from + length) >= 0
  }
}

function anyFrame(test: (bytes: Uint8Array, from: number, to: number) => boolean): Test {
  return (slab, i) => {
    const count = slab.count(i)
    if (count === 1) return test(slab.bytes, slab.from(i), slab.to(i))
    let from = slab.from(i)
    for (let f = 0; f < count; f++) {
      const to = from + slab.sizeOf(i, f)
      if (test(slab.bytes, from, to)) return true
      from = to
    }
    return false
  }
}

function textTest(text: string): Test {
  if (ByteFinder.can(text)) {
    const finder = new ByteFinder(text)
    return anyFrame((bytes, from, to) => finder.in(bytes, from, to))
  }
  const wanted = text.toLowerCase()
  return anyFrame((bytes, from, to) => decodeTextLossy(bytes.subarray(from, to)).toLowerCase().includes(wanted))
}

function patternTest(regex: string): Test {
  const pattern = compilePattern(regex)
  const required = requiredText(regex)
  const finder = required === '' ? undefined : new ByteFinder(required)
  const ascii = AsciiPattern.of(regex)
  return anyFrame((bytes, from, to) => {
    const known = ascii?.test(bytes, from, to)
    if (known !== undefined) return known
    if (finder !== undefined && !finder.in(bytes, from, to)) return false
    return pattern.test(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString())
  })
}

function jsonTest({ path, is, value }: NonNullable<Filter['json']>): Test {
  const scan = new JsonScan(parsePath(path))
  return (slab, i) => {
    const to = slab.to(i)
    const { bytes } = slab
    if (!scan.find(bytes, to - slab.sizeOf(i, slab.count(i) - 1), to)) return false
    if (is === 'exists') return true
    const first = bytes[scan.from]!
    const number = first === 0x2d || (first >= 0x30 && first <= 0x39)
    const found = number ? asciiNumber(bytes, scan.from, scan.to) : scan.value()
    return found !== undefined && compares(found, is, value)
  }
}

/** Numbers compare as numbers where both sides are; everything else as text. */
function compares(found: unknown, is: Exclude<NonNullable<Filter['json']>['is'], 'exists'>, value: string): boolean {
  const text = typeof found === 'string' ? found : JSON.stringify(found)
  const numbers = typeof found === 'number' && value.trim() !== '' && Number.isFinite(Number(value))
  const [left, right] = numbers ? [found, Number(value)] : [text, value]
  switch (is) {
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}
