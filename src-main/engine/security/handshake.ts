import type { Event } from 'zeromq'
import { Fault } from '../../contract/index.js'
import type { Guard } from './guard.js'

type Failure = Extract<Event, { type: `handshake:error:${string}` }>

/**
 * What libzmq says of a failed handshake, as one word that the screen has a sentence for; else its own words.
 * - `denied`: ZAP said no · `mechanism`: one end speaks CURVE and the other does not · `crypto`: what came cannot be opened with the keys we have
 */
export function reasonOf(event: Failure): string {
  const { code, status, message } = event.error as { code?: string; status?: number; message: string }
  if (event.type === 'handshake:error:auth')
    return status === undefined || status === 400 ? 'denied' : `denied ${status}`
  if (code === 'ERR_ZMTP_MECHANISM_MISMATCH') return 'mechanism'
  if (code === 'ERR_ZMTP_CRYPTOGRAPHIC') return 'crypto'
  return code ?? message
}

/** Why a connection that stands completes no handshake, in a sentence that says what would be right. @param reason of `reasonOf`; '' when libzmq gave none */
export function handshakeFault(address: string, reason: string, { security, publicKey }: Guard): Fault {
  if (reason === 'denied')
    return new Fault(
      'CURVE_DENIED',
      `${address} does not admit our key. Ask its owner to admit the public key ${publicKey}.`,
      { address, key: publicKey },
    )
  if (reason === 'mechanism')
    return security.mechanism === 'none'
      ? new Fault(
          'CURVE_WANTED',
          `${address} wants CURVE encryption and this session has none. Ask its owner for the server’s public key and put it into the session’s security settings.`,
          { address },
        )
      : new Fault(
          'CURVE_UNKNOWN',
          `${address} does not speak CURVE, and this session sends nothing unencrypted. Turn CURVE on there, or off in this session’s security settings.`,
          { address },
        )
  if (security.mechanism === 'curve' && security.as === 'client')
    return new Fault(
      'CURVE_WRONG_SERVER',
      `${address} ended the handshake: most likely it does not hold the key ${security.server}. Compare it with the server’s public key.`,
      { address, key: security.server },
    )
  return new Fault(
    'NO_HANDSHAKE',
    `${address} accepts the connection but completes no ZeroMQ handshake: it speaks another pattern (SUB talks to PUB, REQ to REP or ROUTER, PULL to PUSH), or it is not ZeroMQ.`,
    { address },
  )
}
