import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onPath } from '../../build/scripts/find.mjs'

const sources = fileURLToPath(new URL('../../test/bench/', import.meta.url))
const folder = fileURLToPath(new URL('../bench/c/', import.meta.url))

/** Compiles test/bench/NAME.c against the machine's libzmq: the program's path, or why there is none. Neither is needed for anything else. */
export function compileC(name: string): { program: string } | { lacking: string } {
  const compiler = onPath('cc') ?? onPath('gcc') ?? onPath('clang')
  if (compiler === undefined) return { lacking: 'there is no C compiler (apt install gcc)' }
  mkdirSync(folder, { recursive: true })
  const program = join(folder, name)
  const args = ['-O2', join(sources, `${name}.c`), '-o', program, '-lzmq', '-lm', '-lpthread']
  const { status, stderr } = spawnSync(compiler, args, { encoding: 'utf8', timeout: 60_000 })
  if (status === 0) return { program }
  return {
    lacking: stderr.includes('zmq.h')
      ? "libzmq's header is not there (apt install libzmq3-dev)"
      : `${name}.c could not be compiled: ${stderr.trim().split('\n')[0] ?? ''}`,
  }
}
