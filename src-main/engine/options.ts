import { context } from 'zeromq'
import type { SocketOptions } from '../contract/index.js'

// Process-wide, before the first socket. `blocky` off: an exit waits only for lingers that were asked for, never for ever (zmq_ctx_set(3), ZMQ_BLOCKY).
context.blocky = false
context.maxSockets = 8192

/** How a socket type uses its options. */
export interface SocketUse {
  readonly sends: boolean
  readonly receives: boolean
  /** Any tcp endpoint: only there do keep-alives and heartbeats mean something. */
  readonly tcp: boolean
  /**
   * ZMTP heartbeats, for the client alone. Elsewhere they cost more than they find, measured on libzmq 4.3.5: (1) when the reader pauses at a full high-water
   * mark and the peer's connection ends, the next heartbeat aborts the whole process (stream_engine_base.cpp, `!_io_error`; SUB, PULL and ROUTER, every time);
   * (2) a ping to a ventilator that has sent all and gone draws a reset, which destroys the tasks still unread (47,135 of 50,000). A REQ's replies
   * never reach the mark. Everywhere else a connection that died in silence is found by TCP keep-alive, and by unanswered data.
   */
  readonly heartbeats?: boolean
  /** Any IPv6 address, or names to be resolved to one. */
  readonly ipv6: boolean
}

/** libzmq applies its message limit to the handshake as well, so it never gets a smaller one; smaller limits are ours alone, on sending. */
const HANDSHAKE_BYTES = 1024

/**
 * A session's options as zeromq.js names them, set before any bind or connect since most are read only then. The rest are fixed here, each
 * for a measured reason: silent connections are dropped after `handshakeInterval`, half-open ones by keep-alive.
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
          // Seconds: a machine that has gone without a word is noticed within about 8 s.
          tcpKeepaliveIdle: 5,
          tcpKeepaliveInterval: 1,
          tcpKeepaliveCount: 3,
          // Milliseconds that data may stay unacknowledged (TCP_USER_TIMEOUT, Linux): keep-alive is silent while data is under way.
          tcpMaxRetransmitTimeout: 8000,
          ...(use.heartbeats === true
            ? {
                heartbeatInterval: options.heartbeatInterval,
                heartbeatTimeout: options.heartbeatTimeout,
                // In tenths of a second on the wire, so at most 6,553,599 ms.
                heartbeatTimeToLive: Math.min(options.heartbeatTimeout, 6_553_500),
              }
            : {}),
        }
      : {}),
  }
}
