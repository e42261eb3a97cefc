import * as v from 'valibot'
import { Fault, LIBRARY_FILE_VERSION, LibraryFileSchema, type LibraryMessage } from '../../src-main/contract/index.js'
import { checkJson } from '../../src-main/payload/index.js'
import { faultText } from '../lib/words.js'
import { m } from '../paraglide/messages.js'

/** Bytes: far more than messages that a person wrote. */
export const MAX_LIBRARY_FILE = 4 * 1024 * 1024

export function writeLibraryFile(messages: readonly LibraryMessage[]): string {
  const own = messages.map(({ id: _, ...message }) => message)
  const file = { kind: 'socketeer-library', version: LIBRARY_FILE_VERSION, messages: own }
  return `${JSON.stringify(file, undefined, 2)}\n`
}

/** Reads such a file. Throws Fault `BAD_LIBRARY_FILE` with one sentence, in the language of the screen, that says what is wrong and where. */
export function readLibraryFile(file: string, text: string): Omit<LibraryMessage, 'id'>[] {
  try {
    // Its sentences name the place, in every browser alike.
    checkJson(text)
  } catch (error) {
    if (error instanceof Fault) throw bad(m.library_file_not_json({ file, why: faultText(error.shape()) }))
    throw error
  }
  const document = JSON.parse(text) as unknown
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw bad(m.library_file_not_ours({ file }))
  const { kind, version } = document as Record<string, unknown>
  if (kind !== 'socketeer-library') throw bad(m.library_file_not_ours({ file }))
  if (typeof version === 'number' && version > LIBRARY_FILE_VERSION)
    throw bad(m.library_file_newer({ file, version, known: LIBRARY_FILE_VERSION }))
  const result = v.safeParse(LibraryFileSchema, document, { abortEarly: true })
  if (result.success) return result.output.messages
  const [issue] = result.issues
  if (issue.received === 'undefined') throw bad(m.library_file_missing({ file, where: whereOf(issue) }))
  throw bad(
    m.library_file_bad({
      file,
      where: whereOf(issue),
      expected: short(issue.expected ?? '?'),
      received: short(issue.received),
    }),
  )
}

/** `messages.2.frames` counts from one for people: `messages[3].frames`. */
function whereOf({ path }: v.BaseIssue<unknown>): string {
  return (path ?? [])
    .map(({ key }, i) => (typeof key === 'number' ? `[${key + 1}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('')
}

const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text)

function bad(message: string): Fault {
  return new Fault('BAD_LIBRARY_FILE', message)
}
