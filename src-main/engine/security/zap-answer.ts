import { toZ85 } from '../../payload/z85.js'

/** The address at which libzmq asks, fixed by ZAP (ZeroMQ RFC 27): one a context. */
export const ZAP_ADDRESS = 'inproc://zeromq.zap.01'
const KEY_BYTES = 32

/**
 * The frames of the answer to a question of ZAP's. What is not understood is turned away.
 * @param admits whether a client may come in to the sockets of a domain: its public key, in Z85, and its IP address
 */
export function zapAnswer(
  [version, id, domain, host, , mechanism, key]: readonly Uint8Array[],
  admits: (domain: string, key: string, host: string) => boolean,
): Buffer[] {
  const text = (frame: Uint8Array | undefined) => Buffer.from(frame ?? []).toString()
  const known = text(version) === '1.0' && text(mechanism) === 'CURVE' && key?.byteLength === KEY_BYTES
  const welcome = known && admits(text(domain), toZ85(key), text(host))
  return ['1.0', text(id), ...(welcome ? ['200', 'OK'] : ['400', 'not admitted']), '', ''].map((each) =>
    Buffer.from(each),
  )
}
