import { lstat } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { Fault } from '../contract/index.js'

/**
 * Makes sure that binding `ipc://path` destroys nothing: libzmq unlinks whatever is there, an ordinary file or another program's
 * live socket alike (zmq_ipc(7): "any existing binding shall be overridden"). Passes when the path is free, or holds a socket that nobody listens on.
 * Throws Fault `IPC_PATH_TAKEN`, `EADDRINUSE` or `ENOENT`.
 */
export async function guardIpcPath(path: string): Promise<void> {
  if (path.startsWith('@')) return // Linux's abstract names are no files, and the kernel refuses a second owner.
  const found = await stat(path)
  if (found === undefined) {
    const folder = dirname(path)
    if ((await stat(folder)) === undefined)
      throw new Fault(
        'ENOENT',
        `ipc://${path} cannot be bound: the folder ${folder} does not exist. Create it, or choose another path.`,
        { path, folder },
      )
    return
  }
  if (!found.isSocket()) {
    const what = found.isDirectory() ? 'a folder' : found.isSymbolicLink() ? 'a symbolic link' : 'an ordinary file'
    throw new Fault(
      'IPC_PATH_TAKEN',
      `ipc://${path} cannot be bound: ${what} is there, and binding would delete it. Choose a path that is free.`,
      { path, what },
    )
  }
  if (await answers(path))
    throw new Fault(
      'EADDRINUSE',
      `ipc://${path} is in use by another program. Close that program, or choose another path.`,
      { address: `ipc://${path}` },
    )
}

async function stat(path: string) {
  try {
    return await lstat(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return undefined
    if (code === 'ENOTDIR')
      throw new Fault('ENOENT', `ipc://${path} cannot be bound: a part of the path is not a folder.`, {
        path,
        folder: path,
      })
    throw error
  }
}

/** Whether somebody accepts on the socket. Only a refused connection proves it dead; any doubt counts as alive. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    const settle = (alive: boolean) => {
      probe.destroy()
      resolve(alive)
    }
    probe.setTimeout(1000, () => settle(true))
    probe.once('connect', () => settle(true))
    probe.once('error', (error: NodeJS.ErrnoException) => settle(error.code !== 'ECONNREFUSED'))
  })
}
