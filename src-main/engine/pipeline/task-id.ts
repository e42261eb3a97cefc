import { taskName, type TaskId } from '../../contract/index.js'

// A task's name in a message is `sk:`, six letters or digits, `:`, and a number (contract: taskName). Letters may have become capitals on the way.
const TAG = 6
/** Where the number begins. */
const NUMBER = 3 + TAG + 1
const COLON = 0x3a
const QUOTE = 0x22
const LOWER = 0x20
/** Bytes of a payload that are looked through for a name that does not stand at its beginning. */
const LOOKED = 64 * 1024

/** A new run's tag. */
export function newTag(): string {
  return Math.floor(Math.random() * 36 ** TAG)
    .toString(36)
    .padStart(TAG, '0')
}

/** Whether a task's name begins at byte `at`. */
function named(bytes: Uint8Array, at: number): boolean {
  return (
    bytes.length > at + NUMBER &&
    (bytes[at]! | LOWER) === 0x73 &&
    (bytes[at + 1]! | LOWER) === 0x6b &&
    bytes[at + 2] === COLON &&
    bytes[at + 3 + TAG] === COLON
  )
}

/** Whether a message's first frame is a task's name and nothing else, so that its payload is the rest. */
export function hasNameFrame(frames: readonly Uint8Array[]): boolean {
  const first = frames[0]
  return frames.length > 1 && first !== undefined && first.length <= NUMBER + 7 && named(first, 0)
}

/** A task's name that was found. `tag` is of the run that made it. */
export class FoundName {
  task = 0
  tag = ''
  #bytes = new Uint8Array(TAG)

  /** Looks for a name in the first frame, or, where `fields` says so, in a text field of the JSON that the frames hold. */
  find(frames: readonly Uint8Array[], fields: boolean): boolean {
    const first = frames[0]
    if (first === undefined) return false
    if (first[0] !== QUOTE && named(first, 0)) return this.#read(first, 0)
    if (!fields) return false
    for (const frame of frames) {
      if (frame[0] === 0x7b && this.#inJson(frame)) return true
    }
    return false
  }

  #inJson(frame: Uint8Array): boolean {
    const text = Buffer.from(frame.buffer, frame.byteOffset, Math.min(frame.byteLength, LOOKED))
    for (const start of ['"sk:', '"SK:']) {
      for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1))
        if (named(frame, at + 1) && this.#read(frame, at + 1)) return true
    }
    return false
  }

  #read(bytes: Uint8Array, at: number): boolean {
    let task = 0
    let end = at + NUMBER
    for (; end < bytes.length; end++) {
      const digit = bytes[end]! - 0x30
      if (digit < 0 || digit > 9) break
      task = task * 10 + digit
    }
    if (end === at + NUMBER || task > 0xffffffff || (end < bytes.length && bytes[end] !== QUOTE)) return false
    this.task = task
    // Nearly always the tag of the message before: no new text for it.
    let same = this.tag !== ''
    for (let i = 0; i < TAG; i++) {
      const byte = bytes[at + 3 + i]!
      if (this.#bytes[i] === byte) continue
      this.#bytes[i] = byte
      same = false
    }
    if (!same) this.tag = Buffer.from(this.#bytes).toString('latin1').toLowerCase()
    return true
  }
}

/** The frames of task `number`, with its name where the run wants it. */
export function nameTask(id: TaskId, tag: string, number: number, payload: string): Uint8Array[] {
  switch (id.kind) {
    case 'none':
      return [Buffer.from(payload)]
    case 'frame':
      return [Buffer.from(taskName(tag, number), 'latin1'), Buffer.from(payload)]
    case 'json':
      return [Buffer.from(withField(payload, id.field, taskName(tag, number)))]
  }
}

/** The text of a JSON object with one more field in front, every other byte of it as it was; what is no object becomes the field `value` of one. */
function withField(payload: string, field: string, name: string): string {
  const value = parsed(payload)
  const key = JSON.stringify(field)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `{${key}:"${name}","value":${value === undefined ? JSON.stringify(payload) : payload.trim()}}`
  if (Object.hasOwn(value, field)) return JSON.stringify({ ...value, [field]: name })
  const rest = payload.slice(payload.indexOf('{') + 1)
  return `{${key}:"${name}"${Object.keys(value).length === 0 ? '' : ','}${rest}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
