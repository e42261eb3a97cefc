import * as v from 'valibot'

/**
 * A fault as it crosses every port. `code` is stable and meant for programs (`EADDRINUSE`, `EFSM`, `BAD_ENDPOINT`, …);
 * `message` is one English sentence that says what was wrong, where, and what would be right; `detail` holds the values
 * named in it, so that a screen can say the same in another language.
 */
export const FaultSchema = v.object({
  code: v.string(),
  message: v.string(),
  detail: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.null()]))),
})
export type FaultShape = v.InferOutput<typeof FaultSchema>
export type FaultDetail = NonNullable<FaultShape['detail']>

/** An expected failure with a sentence for a person. Everything else that is thrown is a bug and crosses as `INTERNAL`. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: string
  readonly detail: FaultDetail | undefined

  constructor(code: string, message: string, detail?: FaultDetail, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.detail = detail
  }

  /** The three fields that cross a port; structured clone would lose `code` (it copies only an Error's standard fields). */
  shape(): FaultShape {
    return this.detail === undefined
      ? { code: this.code, message: this.message }
      : { code: this.code, message: this.message, detail: this.detail }
  }

  static from(shape: FaultShape): Fault {
    return new Fault(shape.code, shape.message, shape.detail)
  }
}
