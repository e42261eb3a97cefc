import { context } from 'zeromq'
import type { SocketOptions } from '../contract/index.js'

// Process-wide, before the first socket. `blocky` off: an exit waits only for lingers that were asked for, never for ever (zmq_ctx_set(3), ZMQ_BLOCKY).
context.blocky = false
context.maxSockets = 8192

/** How a socket type uses its options. */
export interface SocketUse {
  readonly sends: boolean
  readonly receives: boolean
  /** Any tcp endpoint: only there do heartbeats and keep-alives mean something. */
  readonly tcp: boolean
  /**
   * PUSH and PULL: no heartbeats. A ventilator that has sent all and closed leaves what the other side has not read yet in that side's TCP buffer. A ping or pong
   * sent to it then is answered with a reset, which destroys that buffer: 47,135 of 50,000 tasks were lost so, with heartbeats on either side.
   * A connection that died in silence is found by TCP keep-alive instead.
   */
  readonly tasks?: boolean
  /** Any IPv6 address, or names to be resolved to one. */
  readonly ipv6: boolean
}

/** libzmq applies its message limit to the handshake as well, so it never gets a smaller one; smaller limits are ours alone, on sending. */
const HANDSHAKE_BYTES = 1024

/**
 * A session's options as zeromq.js names them, set before any bind or connect since most are read only then. The rest are fixed here, each
 * for a measured reason: silent connections are dropped after `handshakeInterval`, half-open ones after the heartbeat timeout.
 */
export function nativeOptions(options: SocketOptions, use: SocketUse) {
  return {
    linger: use.sends ? options.linger : 0,
    maxMessageSize: Math.max(options.messageLimit, HANDSHAKE_BYTES),
    handshakeInterval: options.handshakeInterval,
    reconnectInterval: options.reconnectInterval,
    reconnectMaxInterval: Math.max(options.reconnectMaxInterval, options.reconnectInterval),
    ...(use.sends ? { sendHighWaterMark: options.sendHighWaterMark } : {}),
    ...(use.receives ? { receiveHighWaterMark: options.receiveHighWaterMark } : {}),
    backlog: 256,
    // Only where it is needed: with it on, libzmq reports IPv4 bindings as [::ffff:127.0.0.1].
    ipv6: use.ipv6,
    ...(use.tcp
      ? {
          connectTimeout: 5000,
          tcpKeepalive: 1,
          tcpKeepaliveIdle: 30,
          tcpKeepaliveInterval: 10,
          tcpKeepaliveCount: 3,
          heartbeatInterval: use.tasks === true ? 0 : options.heartbeatInterval,
          heartbeatTimeout: options.heartbeatTimeout,
          // In tenths of a second on the wire, so at most 6,553,599 ms.
          heartbeatTimeToLive: Math.min(options.heartbeatTimeout, 6_553_500),
        }
      : {}),
  }
}
