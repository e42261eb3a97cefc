import type { nativeOptions } from '../options.js'
import type { CurveOptions } from '../security/guard.js'
import type { RawOption } from './protocol.js'

type Name = keyof ReturnType<typeof nativeOptions> | keyof CurveOptions
/** As zeromq.js names them. */
export type GivenOptions = { readonly [N in Name]?: number | boolean | string | undefined }

/**
 * libzmq's number for every option that engine/options.ts and CURVE may set here; `int64` is how the one that counts bytes lies in memory.
 */
const numbers: Readonly<Record<Name, number | { readonly int64: number }>> = {
  linger: 17,
  reconnectInterval: 18,
  backlog: 19,
  reconnectMaxInterval: 21,
  maxMessageSize: { int64: 22 },
  sendHighWaterMark: 23,
  receiveHighWaterMark: 24,
  tcpKeepalive: 34,
  tcpKeepaliveCount: 35,
  tcpKeepaliveIdle: 36,
  tcpKeepaliveInterval: 37,
  ipv6: 42,
  curveServer: 47,
  curvePublicKey: 48,
  curveSecretKey: 49,
  curveServerKey: 50,
  zapDomain: 55,
  handshakeInterval: 66,
  heartbeatInterval: 75,
  heartbeatTimeToLive: 76,
  heartbeatTimeout: 77,
  connectTimeout: 79,
  tcpMaxRetransmitTimeout: 80,
  zapEnforceDomain: 93,
}

/** The same options as libzmq's C interface takes them. Throws on one that it does not know: none is left out silently. */
export function rawOptions(options: GivenOptions): RawOption[] {
  return Object.entries(options).map(([name, value]) => {
    if (!(name in numbers)) throw new Error(`The receiving thread does not know the option ${name}.`)
    const id = numbers[name as Name]
    if (typeof value === 'string') return { id: Number(id), text: value }
    return typeof id === 'number' ? { id, int: Number(value) } : { id: id.int64, int64: Number(value) }
  })
}

export const subscribe = (topic: string): RawOption => ({ id: 6, text: topic })
export const unsubscribe = (topic: string): RawOption => ({ id: 7, text: topic })

/** Numbers of socket types. */
export const types = { subscriber: 2, sink: 7 } as const
