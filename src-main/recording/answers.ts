import { createHash } from 'node:crypto'
import type { Undo } from '../contract/index.js'
import type { Session } from '../engine/session.js'
import type { FileJournal } from './file-journal.js'
import type { Plan } from './plan.js'

/** Rows behind a question in which its answer is looked for. */
const NEAR = 20_000
/** Milliseconds of one turn of learning. */
const SLICE = 8

/** The recorded answer to a recorded question; undefined where it had none. */
export function answerTo(
  journal: FileJournal,
  question: number,
): { seq: number; time: number; frames: Uint8Array[] } | undefined {
  for (let seq = question + 1; seq <= Math.min(journal.last, question + NEAR); seq++) {
    const slab = journal.slabOf(seq)
    if (slab === undefined) return undefined
    const i = seq - slab.firstSeq
    if (slab.fields(i).ref !== question) continue
    return { seq, time: slab.time(i), frames: [...slab.frames(i)].map((frame) => Uint8Array.from(frame)) }
  }
  return undefined
}

export function sameFrames(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((frame, i) => Buffer.compare(frame, b[i]!) === 0)
}

/** Answers what a live server is asked as it was answered then: the same question asked again gets the next answer that it got. */
export class Answers {
  readonly counts = { sent: 0, same: 0, different: 0, unanswered: 0 }
  /** Resolves when all recorded questions are known. */
  readonly ready: Promise<void>
  readonly #plan: Plan
  readonly #session: Session
  readonly #how: () => { speed: number; playing: boolean }
  /** Rows of the questions, by what was asked, and which of them is next. */
  readonly #questions = new Map<string, { rows: number[]; next: number }>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #undo: Undo
  #closed = false

  constructor(plan: Plan, session: Session, how: () => { speed: number; playing: boolean }) {
    this.#plan = plan
    this.#session = session
    this.#how = how
    this.ready = this.#learn()
    this.#undo = session.onRow((seq) => void this.ready.then(() => this.#answer(seq)))
  }

  close(): void {
    this.#closed = true
    this.#undo()
    for (const timer of this.#timers) clearTimeout(timer)
  }

  async #learn(): Promise<void> {
    let end = performance.now() + SLICE
    for (let at = this.#plan.first; !this.#closed;) {
      const found = this.#plan.next(at, 1000)
      if (found === undefined) return
      if ('frames' in found) {
        const key = keyOf(found.frames)
        const known = this.#questions.get(key)
        if (known === undefined) this.#questions.set(key, { rows: [found.seq], next: 0 })
        else known.rows.push(found.seq)
        at = found.seq + 1
      } else at = found.on
      if (performance.now() < end) continue
      await new Promise((resolve) => setImmediate(resolve))
      end = performance.now() + SLICE
    }
  }

  #answer(seq: number): void {
    const { speed, playing } = this.#how()
    const row = this.#session.row(seq)
    if (this.#closed || !playing || row === undefined || row.direction !== 'in' || row.malformed) return
    const known = this.#questions.get(keyOf(row.frames.map(({ bytes }) => bytes)))
    if (known === undefined) {
      // It stays waiting, where a person can see and answer it.
      this.counts.different++
      return
    }
    this.counts.same++
    const question = known.rows[known.next % known.rows.length]!
    known.next++
    const answer = answerTo(this.#plan.journal, question)
    if (answer === undefined) {
      this.counts.unanswered++
      return
    }
    const slab = this.#plan.journal.slabOf(question)
    const took = slab === undefined ? 0 : answer.time - slab.time(question - slab.firstSeq)
    const send = () => {
      this.counts.sent++
      // Its client may have gone meanwhile: the row says so.
      this.#session.send(answer.frames, { answers: seq }).catch(() => undefined)
    }
    if (speed === 0 || took / speed < 1) return send()
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      send()
    }, took / speed)
    this.#timers.add(timer)
  }
}

function keyOf(frames: readonly Uint8Array[]): string {
  const hash = createHash('sha1')
  for (const frame of frames) hash.update(`${frame.byteLength}:`).update(frame)
  return hash.digest('base64')
}
