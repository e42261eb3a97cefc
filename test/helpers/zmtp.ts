import { connect, type Socket } from 'node:net'
import { once } from 'node:events'

/** A peer that speaks ZMTP 3.0 by hand (RFC 23, mechanism NULL), and so can say what no library would. */
export class RawPeer {
  readonly socket: Socket

  private constructor(socket: Socket) {
    this.socket = socket
    // Being cut off is what some of these tests are about.
    socket.on('error', () => undefined)
    socket.resume()
  }

  /** @param endpoint `tcp://host:port` @param type the socket type that it says to be: `PUSH`, `SUB`, … */
  static async connect(endpoint: string, type: string): Promise<RawPeer> {
    const { hostname, port } = new URL(endpoint.replace('tcp:', 'http:'))
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const peer = new RawPeer(socket)
    const greeting = Buffer.alloc(64)
    greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0])
    greeting.write('NULL', 12)
    const answered = peer.#answered()
    await peer.write(greeting)
    await peer.write(peer.command('READY', property('Socket-Type', type)))
    // Messages before its own READY are no messages for libzmq yet: it would hang up (ERR_ZMTP_UNEXPECTED_COMMAND).
    await answered
    return peer
  }

  /** Resolves when the other side has said more than its greeting, or has hung up. */
  #answered(): Promise<void> {
    return new Promise((resolve) => {
      let got = 0
      const { socket } = this
      const heard = (bytes: Buffer) => {
        got += bytes.byteLength
        if (got > 64) done()
      }
      const done = () => {
        socket.off('data', heard).off('close', done).resume()
        resolve()
      }
      socket.on('data', heard).on('close', done)
    })
  }

  /** One frame; `more`: not the last of its message. */
  static frame(body: Uint8Array, more = false): Buffer {
    const head = body.byteLength > 255 ? Buffer.alloc(9) : Buffer.alloc(2)
    head[0] = (more ? 1 : 0) | (body.byteLength > 255 ? 2 : 0)
    if (body.byteLength > 255) head.writeBigUInt64BE(BigInt(body.byteLength), 1)
    else head[1] = body.byteLength
    return Buffer.concat([head, body])
  }

  /** Resolves when the system has taken it: a peer that does not read holds this up. False when the connection has ended. */
  write(bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) resolve(false)
      else this.socket.write(bytes, (error) => resolve(error === null || error === undefined))
    })
  }

  close(): void {
    this.socket.destroy()
  }

  private command(name: string, body: Buffer): Buffer {
    const content = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), body])
    return Buffer.concat([Buffer.from([4, content.byteLength]), content])
  }
}

function property(name: string, value: string): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(value.length)
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), size, Buffer.from(value)])
}
