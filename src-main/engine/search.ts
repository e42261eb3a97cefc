import { directions, type Filter, type Found } from '../contract/index.js'
import { atPath, parsePath } from '../payload/json-path.js'
import { compilePattern } from '../payload/pattern.js'
import { decodeText, decodeTextLossy } from '../payload/text.js'
import type { Journal } from './journal.js'
import type { Slab } from './slab.js'

/** Milliseconds that one stretch may hold up everything else. */
const SLICE = 12
/** Rows between two looks at the clock, and matches in one answer. */
const STRIDE = 256
const MOST = 50_000

type Test = (slab: Slab, i: number) => boolean

/**
 * Rows of a journal that pass a filter, from `from` on, for a few milliseconds: a search through a million rows is many short calls with
 * everything else in between. Cheap tests come first, and no row becomes an object. Throws Fault `BAD_PATTERN` or `BAD_PATH`.
 */
export function search(journal: Journal, filter: Filter, from: number): Found {
  const tests = compileFilter(filter)
  const found: number[] = []
  const end = performance.now() + SLICE
  let next = Math.max(from, journal.first)
  let looked = 0
  for (const [slab, i] of journal.walk(next, journal.last + 1)) {
    next = slab.firstSeq + i + 1
    if (tests.every((test) => test(slab, i))) found.push(next - 1)
    if (++looked % STRIDE === 0 && (performance.now() > end || found.length >= MOST)) break
  }
  return { seqs: new Uint8Array(Float64Array.from(found).buffer), next, done: next > journal.last }
}

function compileFilter(filter: Filter): Test[] {
  const tests: Test[] = []
  const { direction, source, since, until, minSize, maxSize, topic, text, regex, json } = filter
  if (direction !== undefined) {
    const wanted = directions.indexOf(direction)
    tests.push((slab, i) => slab.fields(i).direction === wanted)
  }
  if (source !== undefined) tests.push((slab, i) => slab.fields(i).source === source)
  if (since !== undefined) tests.push((slab, i) => slab.fields(i).time >= since)
  if (until !== undefined) tests.push((slab, i) => slab.fields(i).time <= until)
  if (minSize !== undefined || maxSize !== undefined)
    tests.push((slab, i) => {
      let size = 0
      for (const frame of slab.frames(i)) size += frame.byteLength
      return size >= (minSize ?? 0) && size <= (maxSize ?? Infinity)
    })
  if (topic !== undefined && topic !== '') {
    const prefix = Buffer.from(topic)
    tests.push((slab, i) => {
      const [first] = slab.frames(i)
      return first !== undefined && prefix.equals(first.subarray(0, prefix.byteLength))
    })
  }
  if (text !== undefined && text !== '') {
    const wanted = text.toLowerCase()
    tests.push(anyFrame((frame) => decodeTextLossy(frame).toLowerCase().includes(wanted)))
  }
  if (regex !== undefined && regex !== '') {
    const pattern = compilePattern(regex)
    tests.push(anyFrame((frame) => pattern.matcher(decodeTextLossy(frame)).find()))
  }
  if (json !== undefined) tests.push(jsonTest(json))
  return tests
}

function anyFrame(test: (frame: Uint8Array) => boolean): Test {
  return (slab, i) => {
    for (const frame of slab.frames(i)) if (test(frame)) return true
    return false
  }
}

function jsonTest({ path, is, value }: NonNullable<Filter['json']>): Test {
  const steps = parsePath(path)
  return (slab, i) => {
    const last = [...slab.frames(i)].at(-1)
    const text = last === undefined ? undefined : decodeText(last)
    if (text === undefined) return false
    let document: unknown
    try {
      document = JSON.parse(text) as unknown
    } catch {
      return false
    }
    const found = atPath(document, steps)
    return found !== undefined && compares(found, is, value)
  }
}

/** Numbers compare as numbers where both sides are; everything else as text. */
function compares(found: unknown, is: NonNullable<Filter['json']>['is'], value: string): boolean {
  if (is === 'exists') return true
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
