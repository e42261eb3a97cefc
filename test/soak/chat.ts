import { Fault as Refused } from '../../src-main/contract/index.js'
import type { Engine } from '../../src-main/engine/engine.js'
import type { Session } from '../../src-main/engine/session.js'
import { boundTo, frames, settingsOf } from '../helpers/engine.js'
import { emptyTally, pause, type Fault, type Flow } from './flow.js'
import { Program } from './program.js'

/** Milliseconds between two questions. */
const REST = 3
/** What a question may come to besides its answer; each is told to whoever asked. */
const told = new Set(['NO_REPLY', 'CANCELLED', 'NOT_OPEN', 'CLOSED'])

/**
 * REQ/REP. Promised: each question is answered with its own answer, or whoever asked is told that it was not. A server that dies with a question, or is closed, costs at most tries;
 * a client that is closed, its question.
 */
export class Chat implements Flow {
  readonly name = 'chat'
  readonly tally = emptyTally()
  readonly faults: readonly Fault[]
  readonly #engine: Engine
  readonly #server: Session
  readonly #clients: Session[]
  readonly #program: Program
  #stopped = false

  private constructor(engine: Engine, server: Session, clients: Session[], program: Program) {
    this.#engine = engine
    this.#server = server
    this.#clients = clients
    this.#program = program
    this.faults = [
      {
        name: 'pyzmq server killed',
        inject: async (dice) => {
          await program.kill()
          await pause(dice.between(0, 500))
          program.start()
        },
      },
      {
        name: 'pyzmq server frozen',
        inject: async (dice) => {
          program.freeze(true)
          await pause(dice.between(100, 1500))
          program.freeze(false)
        },
      },
      { name: 'server closed and opened', inject: () => this.#again(this.#server) },
      { name: 'client closed and opened', inject: (dice) => this.#again(dice.of(this.#clients)) },
      { name: 'wait cancelled', inject: async (dice) => dice.of(this.#clients).cancel() },
    ]
  }

  /** @param port free, for the pyzmq server */
  static async open(engine: Engine, port: number): Promise<Chat> {
    const address = `tcp://127.0.0.1:${port}`
    const program = new Program(() => ['rep', address])
    program.start()
    const server = await engine.open(settingsOf('server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } }))
    const endpoints = [{ method: 'bind', address: boundTo(server) }]
    await engine.reopen(server.id, { ...server.settings, endpoints } as never)
    const options = { options: { reconnectMaxInterval: 500 }, deadline: 1000 }
    const clients = await Promise.all(
      [boundTo(server), boundTo(server), address].map((at) => engine.open(settingsOf('client', at, options))),
    )
    return new Chat(engine, server, clients, program)
  }

  async run(): Promise<void> {
    await Promise.all(this.#clients.map((client, i) => this.#ask(client, i, i < 2 ? '' : 're: ')))
  }
  /** @param mark what answers of that client's server begin with */
  async #ask(client: Session, number: number, mark: string): Promise<void> {
    const { tally } = this
    for (let n = 0; !this.#stopped; n++) {
      const question = `${number} ${n} 问`
      tally.sent++
      try {
        const { frames: answer } = await client.ask(frames(question))
        tally.received++
        const text = answer.map((frame) => Buffer.from(frame).toString()).join('|')
        if (text !== mark + question) tally.unexplained.push(`client ${number} asked “${question}” and got “${text}”`)
      } catch (error) {
        tally.lost++
        const code = error instanceof Refused ? error.code : String(error)
        if (!told.has(code)) tally.unexplained.push(`client ${number}: ${code}`)
        await pause(50)
      }
      await pause(REST)
    }
  }
  async #again(session: Session): Promise<void> {
    await session.close()
    await this.#engine.reopen(session.id, session.settings)
    if (session.state.kind !== 'open') this.tally.unexplained.push(`${session.settings.role} did not open again`)
  }

  stop(): void {
    this.#stopped = true
  }
  async settle(): Promise<void> {
    const { sent, received, lost, unexplained } = this.tally
    if (sent !== received + lost) unexplained.push(`${sent - received - lost} questions came to nothing`)
    await this.#program.kill()
  }
}
