import type { Waiting } from '../../contract/index.js'

interface Pipe {
  /** Its other end. */
  readonly from: string
  readonly round: number
  /** Messages, as libzmq tells it. */
  readonly told: number
  /** By how many that is too much. */
  spent: number
}

/** What pipes have told in a round: how many they are, and whether one of them told twice. */
interface Round {
  pipes: number
  twice: boolean
}

/**
 * How many messages wait at a socket that takes none, pipe by pipe. libzmq tells how many were written to a pipe less those that the writing end knows to have been read (pipe.cpp,
 * `send_stats_to_peer`). It hears of reads once for every half high-water mark, so what is told is too much by what has been read since the last time: which is what it tells while nothing waits.
 * What pipes tell comes some time after they were asked; they are asked once a round.
 */
export class Queue {
  readonly #pipes = new Map<string, Pipe>()
  #number = 1
  #round: Round = { pipes: 0, twice: false }
  #before: Round | undefined
  /** Whether `spent` is known of every pipe. */
  #sure: boolean
  #waits = true
  /** Whether there are pipes of the same name. */
  #mixed = false
  #lost = false

  /** @param untouched whether nothing has ever been read from the socket */
  constructor(untouched: boolean) {
    this.#sure = untouched
  }

  /** Whether it knows of every pipe by how much it is told too much; or will not. */
  get settled(): boolean {
    return this.#sure || this.#lost
  }

  /** What a pipe's writing end told. @param name tells it from the others @param from its other end */
  told(name: string, from: string, messages: number): void {
    const pipe = this.#pipes.get(name)
    if (pipe?.round === this.#number) this.#round.twice = true
    else this.#round.pipes++
    // Of one that came when the others were known nothing has been read.
    this.#pipes.set(name, { from, round: this.#number, told: messages, spent: pipe?.spent ?? 0 })
  }

  /** Pipes are asked no more. */
  lose(): void {
    this.#lost = true
  }

  /** Something was read. */
  read(): void {
    this.#sure = false
    this.#before = undefined
  }

  /** Ends a round. @param waits whether anything can be read now @param asked whether there were pipes to be asked */
  look(waits: boolean, asked: boolean): void {
    const [round, before] = [this.#round, this.#before]
    this.#waits = waits
    // All have told, if that is as many as in the round before; and nothing was in their pipes then, since nothing has been read and nothing is there now.
    if (!this.#sure && !waits && round.pipes === before?.pipes && round.pipes > 0 === asked) {
      for (const pipe of this.#pipes.values()) pipe.spent = pipe.told
      this.#sure = true
    }
    // Once may be late.
    this.#mixed = round.twice && before?.twice === true
    this.#before = round
    this.#round = { pipes: 0, twice: false }
    this.#number++
  }

  /** What waits, the fullest pipe first; undefined: not known. */
  get waiting(): Waiting | undefined {
    if (!this.#waits) return NOTHING
    if (this.#mixed || this.#lost) return undefined
    const pipes = [...this.#pipes.values()]
      .map(({ from, told, spent }) => ({ from, messages: this.#sure ? told - spent : told }))
      .filter(({ messages }) => messages > 0)
    // What waits has not been told of yet.
    if (pipes.length === 0) return undefined
    pipes.sort((a, b) => b.messages - a.messages)
    const messages = pipes.reduce((sum, pipe) => sum + pipe.messages, 0)
    return { messages, exact: this.#sure, pipes }
  }
}

/** Nothing waits. */
export const NOTHING: Waiting = { messages: 0, exact: true, pipes: [] }
