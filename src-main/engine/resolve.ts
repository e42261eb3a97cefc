import { lookup } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import { Fault } from '../contract/index.js'

/** Milliseconds that a name server has; its silence must not hold up anything but this one endpoint. */
const RESOLVE_DEADLINE = 5000

/** How names become addresses. A test may put a resolver here that never answers; nothing else replaces it. */
export const resolver = { lookup }

/**
 * The address of a host, written as libzmq takes it (IPv6 in brackets). IPv4 first; IPv6 only when asked for.
 * Names never reach libzmq: it would resolve them on its I/O thread, where one dead name server stalls every socket (libzmq #2961).
 * Throws Fault `UNKNOWN_HOST`.
 */
export async function resolveHost(host: string, ipv6: boolean): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${RESOLVE_DEADLINE / 1000} s`)), RESOLVE_DEADLINE)
  })
  try {
    const asked = resolver.lookup(host, { family: ipv6 ? 0 : 4, all: true, order: 'ipv4first' })
    const addresses = await Promise.race([asked, late])
    const first = addresses[0]?.address
    if (first === undefined) throw new Error('it has no address')
    return isIPv6(first) ? `[${first}]` : first
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const why =
      code === 'ENOTFOUND'
        ? 'no such name is known'
        : code === 'EAI_AGAIN'
          ? 'the name server does not answer'
          : (error as Error).message
    throw new Fault(
      'UNKNOWN_HOST',
      `Host “${host}” cannot be found: ${why}. Check the spelling, or write its IP address.`,
      { host, why },
      { cause: error },
    )
  } finally {
    clearTimeout(timer)
  }
}
