import fc from 'fast-check'
import type * as v from 'valibot'

/** What stands for keys of these names, wherever a schema has them: so that values reach something, and reach nobody but this machine. */
export type Known = Readonly<Record<string, fc.Arbitrary<unknown>>>

/** As much of a valibot schema as is looked at here. */
interface Schema {
  type: string
  pipe?: readonly Schema[]
  entries?: Record<string, Schema>
  item?: Schema
  items?: readonly Schema[]
  key?: Schema
  value?: Schema
  wrapped?: Schema
  options?: readonly unknown[]
  literal?: unknown
  requirement?: unknown
}

/** One leaf in so many is not what the schema wants. */
const WRONG = 30

/** Anything that a port can carry. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
  fc.constantFrom<unknown>(NaN, -0, Infinity, 2 ** 53, -1, '', '\0', '__proto__', '\ud800', null, undefined),
)

/** Values that mostly are what a schema wants, and here and there are not. */
export function arbitraryOf(schema: v.GenericSchema, known: Known): fc.Arbitrary<unknown> {
  return of(schema, known)
}

function of(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: WRONG, arbitrary: right(schema, known) }, { weight: 1, arbitrary: junk })
}

function right(schema: Schema, known: Known): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'object':
    case 'strict_object':
    case 'loose_object':
      return fc.oneof(
        { weight: 9, arbitrary: fc.record(entriesOf(schema, known)) },
        { weight: 1, arbitrary: fc.record(entriesOf(schema, known), { requiredKeys: [] }) },
      )
    case 'array':
      return fc.array(of(schema.item!, known), { maxLength: 4 })
    case 'tuple':
      return fc.tuple(...schema.items!.map((item) => of(item, known)))
    case 'record':
      return fc.dictionary(fc.string({ maxLength: 10 }), of(schema.value!, known), { maxKeys: 4 })
    case 'optional':
    case 'undefinedable':
      return fc.oneof(fc.constant(undefined), of(schema.wrapped!, known))
    case 'nullable':
    case 'nullish':
      return fc.oneof(fc.constant(null), of(schema.wrapped!, known))
    case 'union':
    case 'variant':
      return fc.oneof(...(schema.options as Schema[]).map((option) => of(option, known)))
    case 'picklist':
    case 'enum':
      return fc.constantFrom(...schema.options!)
    case 'literal':
      return fc.constant(schema.literal)
    case 'undefined':
      return fc.constant(undefined)
    case 'boolean':
      return fc.boolean()
    case 'number':
      return numbers(schema.pipe ?? [])
    case 'string':
      return fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 12 }))
    case 'instance':
      return fc.uint8Array({ maxLength: 200 })
    default:
      return junk
  }
}

function entriesOf(schema: Schema, known: Known): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(
    Object.entries(schema.entries!).map(([key, entry]) => [
      key,
      known[key] === undefined
        ? of(entry, known)
        : fc.oneof({ weight: WRONG, arbitrary: known[key] }, { weight: 1, arbitrary: junk }),
    ]),
  )
}

/** Within what the schema allows, and its edges. */
function numbers(actions: readonly Schema[]): fc.Arbitrary<unknown> {
  const bound = (type: string) => actions.find((action) => action.type === type)?.requirement as number | undefined
  const min = bound('min_value') ?? -1000
  const max = Math.max(min, bound('max_value') ?? min + 10_000)
  const whole = actions.some(({ type }) => type === 'integer' || type === 'safe_integer')
  const within = whole
    ? fc.integer({ min: Math.ceil(min), max: Math.floor(Math.min(max, Number.MAX_SAFE_INTEGER)) })
    : fc.double({ min, max, noNaN: true })
  return fc.oneof(within, fc.constantFrom(min, max))
}
