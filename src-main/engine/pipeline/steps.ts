import { createHash } from 'node:crypto'
import type { Step } from '../../contract/index.js'
import { atPath, parsePath } from '../../payload/json-path.js'
import { parseJson } from './parse-json.js'

/** What a worker makes of a payload; undefined: it cannot be done to this one. */
export type Work = (payload: readonly Uint8Array[]) => readonly Uint8Array[] | undefined

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Throws Fault BAD_PATH. */
export function workOf(step: Step): Work {
  switch (step.kind) {
    case 'pass':
      return (payload) => payload
    case 'upper':
      return (payload) => {
        try {
          return payload.map((frame) => Buffer.from(decoder.decode(frame).toUpperCase()))
        } catch {
          return undefined // not text
        }
      }
    case 'json':
      return arithmetic(step)
    case 'checksum':
      return (payload) => {
        const hash = createHash('sha256')
        for (const frame of payload) hash.update(frame)
        return [...payload, Buffer.from(hash.digest('hex'))]
      }
  }
}

function arithmetic({ path: text, operation, by }: Extract<Step, { kind: 'json' }>): Work {
  const path = parsePath(text)
  const [last] = path.slice(-1)
  const calculate = {
    add: (value: number) => value + by,
    subtract: (value: number) => value - by,
    multiply: (value: number) => value * by,
    divide: (value: number) => value / by,
  }[operation]
  return (payload) => {
    const value = parseJson(payload[0])
    const before = atPath(value, path)
    if (typeof before !== 'number') return undefined
    const after = calculate(before)
    if (!Number.isFinite(after)) return undefined
    if (last === undefined) return [Buffer.from(JSON.stringify(after)), ...payload.slice(1)]
    const parent = atPath(value, path.slice(0, -1)) as Record<string | number, unknown>
    parent[last] = after
    return [Buffer.from(JSON.stringify(value)), ...payload.slice(1)]
  }
}
