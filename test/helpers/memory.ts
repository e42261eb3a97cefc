import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import koffi from 'koffi'

setFlagsFromString('--expose-gc')
/** Lets go of what nobody holds. */
export const collect = runInNewContext('gc') as () => void

/** glibc's `malloc_trim`: without it the pages that malloc keeps for later count as held, more or fewer by the order in which threads gave back. Elsewhere nothing. */
export const trim = trimmer()

/** Bytes of this process in memory that somebody holds. */
export function resident(): number {
  collect()
  trim()
  return process.memoryUsage().rss
}

function trimmer(): () => void {
  try {
    const call = koffi.load(null).func('malloc_trim', 'int', ['size_t']) as (pad: number) => number
    return () => void call(0)
  } catch {
    return () => undefined
  }
}
