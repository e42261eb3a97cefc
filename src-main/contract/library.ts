import * as v from 'valibot'

/** How a message is typed. MessagePack and CBOR are typed as JSON. */
export const payloadFormats = ['text', 'json', 'hex', 'base64', 'msgpack', 'cbor'] as const

/** Messages in a library at most. */
export const MAX_LIBRARY = 5000
/** Characters of a library as JSON at most: it shares the profile's document with everything else. */
export const MAX_LIBRARY_SIZE = 8 * 1024 * 1024

const common = {
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** '' is no folder. */
  folder: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  format: v.optional(v.picklist(payloadFormats), 'text'),
  /** As typed. `{{name}}` is asked for whenever the message is sent. */
  frames: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(1000)),
  /** What was last given for its variables. */
  values: v.optional(v.record(v.string(), v.string()), {}),
  /** Digit of the shortcut that sends it, 1–9; 0 is none. */
  key: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9)), 0),
}

/** A message with a name, to be sent again and again. */
export const LibraryMessageSchema = v.object({ id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)), ...common })
export type LibraryMessage = v.InferOutput<typeof LibraryMessageSchema>

export const LibrarySchema = v.pipe(v.array(LibraryMessageSchema), v.maxLength(MAX_LIBRARY))

/** Raised by one whenever an older Socketeer would misread the file. */
export const LIBRARY_FILE_VERSION = 1

/** A library as a file that people hand to each other. Ids stay at home. */
export const LibraryFileSchema = v.object({
  kind: v.literal('socketeer-library'),
  version: v.literal(LIBRARY_FILE_VERSION),
  messages: v.pipe(v.array(v.object(common)), v.maxLength(MAX_LIBRARY)),
})
