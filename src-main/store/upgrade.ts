import * as v from 'valibot'
import { PresetSchema, PROFILE_VERSION, RuleSetSchema } from '../contract/index.js'

/** A document as read: any object. A step may take nothing for granted but what its version's schema promised. */
export type Document = Record<string, unknown>
/** Turns a document of version n into one of version n + 1. The version itself is set by `upgrade`. */
export type UpgradeStep = (document: Document) => Document

/** Step n stands at n. Every PROFILE_VERSION above 1 came with one; none is ever removed, so that the oldest file still opens. */
const steps: Readonly<Record<number, UpgradeStep>> = {
  // `rules` took any object then, and nothing wrote one. What somebody put there by hand stays if it is a set of rules.
  1: (document) => ({
    ...document,
    rules: Array.isArray(document['rules']) ? document['rules'].filter((each) => v.is(RuleSetSchema, each)) : [],
  }),
  // Likewise `presets`.
  2: (document) => ({
    ...document,
    presets: Array.isArray(document['presets']) ? document['presets'].filter((each) => v.is(PresetSchema, each)) : [],
  }),
}

/** Why a document cannot be used, as one clause that ends a sentence. */
export class Unusable extends Error {}

/**
 * Reads a document of any version as what `schema` describes. Throws `Unusable`.
 * @param check looks at the document before it is brought to the present version; throws `Unusable`
 */
export function readDocument<S extends v.GenericSchema>(
  text: string,
  schema: S,
  check: (document: Document) => void = () => undefined,
): v.InferOutput<S> {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new Unusable(`it is not JSON (${(error as Error).message})`)
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Unusable('it is not a JSON object')
  check(document as Document)
  const result = v.safeParse(schema, upgrade(document as Document), { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  throw new Unusable(
    `${v.getDotPath(issue) ?? 'the document'} is not what it should be: ${issue.message.slice(0, 200)}`,
  )
}

/** Brings a document to the present version, one step at a time. Throws `Unusable` when there is no way there. */
export function upgrade(document: Document, table = steps, target: number = PROFILE_VERSION): Document {
  const { version } = document
  if (typeof version !== 'number' || !Number.isInteger(version)) throw new Unusable('it does not say its version')
  if (version > target)
    throw new Unusable(`it has version ${version}, from a newer Socketeer; this one reads up to version ${target}`)
  let current = document
  for (let at = version; at < target; at++) {
    const step = Object.hasOwn(table, at) ? table[at] : undefined
    if (step === undefined)
      throw new Unusable(`it has version ${version}, from which there is no way to version ${target}`)
    current = { ...step(current), version: at + 1 }
  }
  return current
}
