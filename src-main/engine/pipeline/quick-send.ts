import type { Push } from 'zeromq'
import type { OwnedSocket } from '../socket.js'

/**
 * Gives messages to a PUSH without asking first whether it can take one: zeromq.js asks before each send, which costs two system calls, unless its timeout is
 * zero. Where it cannot, the same message is sent again the patient way. One at a time, as any socket; nothing here gives the event loop its turn.
 */
export function quickSend(socket: OwnedSocket<Push>): (frames: readonly Uint8Array[]) => Promise<void> {
  let quick = false
  return async (frames) => {
    const { native } = socket
    if (!quick && !socket.closing) {
      native.sendTimeout = 0
      quick = true
    }
    try {
      return await socket.send(frames)
    } catch (error) {
      if (socket.closing || (error as { code?: string }).code !== 'EAGAIN') throw error
    }
    native.sendTimeout = -1
    quick = false
    await socket.send(frames)
  }
}
