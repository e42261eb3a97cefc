import { Reply } from 'zeromq'
import { ZAP_ADDRESS, zapAnswer } from './zap-answer.js'

/** Says whether a client may come in. @param key its public key, in Z85 @param host its IP address */
export type Doorkeeper = (key: string, host: string) => boolean

/** Sessions by their ZAP domain. All sockets of zeromq.js share one context, and so one address. */
const doors = new Map<string, Doorkeeper>()
let desk: { socket: Reply; done: Promise<unknown> } | undefined
let opening: Promise<void> = Promise.resolve()

/**
 * Has `doorkeeper` asked for every CURVE client of the sockets of `domain`. `ready` when libzmq can ask, which must be before those sockets are bound. The socket behind it
 * goes when nobody keeps a door any more; `close` resolves then.
 */
export function keepDoor(domain: string, doorkeeper: Doorkeeper): { ready: Promise<void>; close: () => Promise<void> } {
  doors.set(domain, doorkeeper)
  return {
    ready: arrange(),
    close: () => {
      doors.delete(domain)
      return arrange()
    },
  }
}

/** Opens the desk when somebody needs it, closes it when nobody does; one after the other, since only one can be bound. */
function arrange(): Promise<void> {
  const arranged = opening.then(async () => {
    if (doors.size > 0 && desk === undefined) {
      const socket = new Reply({ linger: 0 })
      const done = Promise.all([ended(socket), answer(socket)])
      try {
        await socket.bind(ZAP_ADDRESS)
      } catch (error) {
        socket.close()
        throw error
      }
      desk = { socket, done }
    } else if (doors.size === 0 && desk !== undefined) {
      const { socket, done } = desk
      desk = undefined
      socket.close()
      await done
    }
  })
  // Whoever comes next begins anew, whatever became of this one.
  opening = arranged.catch(() => undefined)
  return arranged
}

/** Resolves when libzmq has let go of a closed socket and its address, which is some time after it was closed: its monitor ends then. */
async function ended(socket: Reply): Promise<void> {
  for await (const { type } of socket.events) if (type === 'end') return
}

async function answer(socket: Reply): Promise<void> {
  for await (const question of socket) {
    if (socket.closed) return // zeromq.js hands over what came while it closed
    await socket.send(zapAnswer(question, (domain, key, host) => doors.get(domain)?.(key, host) ?? false))
  }
}
