/** Loads both addons from where a package has them, and asks libzmq for its version, here and in a thread. One line of JSON each. */
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const require = createRequire(import.meta.url)
/** `node_modules` beside the archive. */
const packages = isMainThread ? process.argv[2] : workerData.packages
const koffi = require(join(packages, 'koffi'))
if (!koffi.version || !require.resolve(join(packages, 'koffi')).startsWith(packages)) throw new Error('another koffi')

/** As the engine's thread does it; the addon has no C interface on Windows. @param {string} addon */
function libzmq(addon) {
  if (process.platform === 'win32') return 'no C interface'
  const numbers = [0, 0, 0].map(() => Buffer.alloc(4))
  koffi.load(addon).func('zmq_version', 'void', ['void *', 'void *', 'void *'])(...numbers)
  return numbers.map((number) => number.readInt32LE()).join('.')
}

if (isMainThread) {
  const addon = loadAddon()
  console.log(JSON.stringify({ socket: typeof require(addon).Socket, libzmq: libzmq(addon) }))
  new Worker(new URL(import.meta.url), { workerData: { packages, addon } }).on('message', (text) =>
    console.log(JSON.stringify({ thread: text })),
  )
} else parentPort.postMessage(libzmq(workerData.addon))

/** There are several for different C libraries; zeromq tries the newest first, and so on until one loads. */
function loadAddon() {
  const folder = join(packages, 'zeromq/build', process.platform, process.arch, 'node')
  const abi = (/** @type {string} */ name) => Number(/\d+/.exec(name))
  const faults = []
  for (const name of readdirSync(folder).sort((a, b) => abi(b) - abi(a)))
    try {
      require(join(folder, name, 'addon.node'))
      return join(folder, name, 'addon.node')
    } catch (error) {
      faults.push(`${name}: ${error.message}`)
    }
  throw new Error(`No addon loads:\n${faults.join('\n')}`)
}
