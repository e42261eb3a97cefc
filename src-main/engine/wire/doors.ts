import { ZAP_ADDRESS, zapAnswer } from '../security/zap-answer.js'
import type { Block } from './block.js'
import type { Native } from './native.js'
import type { ListedKeys, Report } from './protocol.js'

const REP = 4
/** Frames of a question that are looked at. */
const FRAMES = 7
/** Bytes of each; what is longer is no question of libzmq's. */
const FRAME_BYTES = 512

type Asked = Extract<Report, { is: 'asked' }>

/** Says to libzmq who may come in to the CURVE servers of this thread, which has a context of its own: whose key is on the list that its session gave. */
export class Doors {
  /** Descriptor that tells of questions; -1 as long as there is nobody to ask about. */
  descriptor = -1
  /** Whether something may have been asked. */
  asked = false
  readonly #native: Native
  readonly #block: Block
  readonly #tell: (asked: Asked) => void
  /** Keys that are admitted, in Z85, by domain; undefined: any. */
  readonly #lists = new Map<string, ReadonlySet<string> | undefined>()
  #socket = 0

  /** @param tell called with every answer */
  constructor(native: Native, tell: (asked: Asked) => void) {
    this.#native = native
    this.#block = native.block(FRAME_BYTES)
    this.#tell = tell
  }

  /** To be called before a server of this domain is bound. Throws an Error when libzmq cannot ask: then nobody comes in. */
  open({ domain, keys }: ListedKeys): void {
    this.#lists.set(domain, keys === undefined ? undefined : new Set(keys))
    if (this.#socket !== 0) return
    const native = this.#native
    const socket = native.socket(REP)
    if (socket === 0 || !native.bind(socket, ZAP_ADDRESS)) {
      const { message } = native.error()
      if (socket !== 0) native.close(socket)
      throw new Error(message)
    }
    this.#socket = socket
    this.descriptor = native.descriptor(socket)
    this.asked = true
  }

  close(domain: string): void {
    this.#lists.delete(domain)
    if (this.#lists.size === 0) this.end()
  }

  /** Answers all that has been asked. */
  answer(): void {
    this.asked = false
    while (this.#socket !== 0) {
      const frames = this.#question()
      if (frames === undefined) return
      const answer = zapAnswer(frames, (domain, key, host) => this.#admits(domain, key, host))
      for (const [f, frame] of answer.entries()) this.#native.send(this.#socket, frame, f < answer.length - 1)
    }
  }

  end(): void {
    if (this.#socket === 0) return
    // A close alone gives the address back some time later, and the next door may come before that.
    this.#native.disconnect(this.#socket, ZAP_ADDRESS)
    this.#native.close(this.#socket)
    this.#socket = 0
    this.descriptor = -1
  }

  /** The frames of the next question, none longer than is read of it; undefined when there is none now. */
  #question(): Uint8Array[] | undefined {
    const native = this.#native
    const frames: Uint8Array[] = []
    const { bytes } = this.#block
    do {
      const size = native.take(this.#socket, 0)
      if (size < 0) return undefined
      const known = size > 0 && size <= FRAME_BYTES
      if (known) native.copy({ address: native.data(0), size }, size, this.#block, 0)
      if (frames.length < FRAMES) frames.push(known ? bytes.slice(0, size) : new Uint8Array())
    } while (native.more(0))
    return frames
  }

  #admits(domain: string, key: string, host: string): boolean {
    if (!this.#lists.has(domain)) return false
    const welcome = this.#lists.get(domain)?.has(key) ?? true
    this.#tell({ is: 'asked', domain, key, host, welcome })
    return welcome
  }
}
