/** `npm run dev`: the page is replaced as you edit it; the engine's side is built and started again. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { prepare } from './build.mjs'
import { findElectron, noDesktop } from './electron.mjs'
import { watchParent } from './parent.mjs'
import { runNode } from './processes.mjs'
import { root } from './root.mjs'
import { messageOf, say, Trouble } from './say.mjs'

/** Milliseconds without a change before a build: editors write a file in several steps. */
const CALM = 100

/** @param {string[]} args */
export async function dev(args) {
  const { browser, port } = options(args)
  watchParent(() => process.exit(1))
  await prepare()
  const reason = browser ? 'browser mode was asked for' : noDesktop()
  const electron = reason === undefined ? await findElectron() : { reason }
  if ('path' in electron) {
    await runNode([join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'dev', '--watch'], {
      cwd: root,
      deadline: 2 ** 31 - 1,
    })
    return
  }
  say(`Browser mode, because ${electron.reason}.`)
  await browserMode(port)
}

/** @param {string[]} args */
function options(args) {
  try {
    const { values } = parseArgs({ args, options: { browser: { type: 'boolean' }, port: { type: 'string' } } })
    return { browser: values.browser ?? false, port: Number(values.port ?? 8155) }
  } catch (error) {
    throw new Trouble(`${messageOf(error)}. Known here: --browser, --port N.`)
  }
}

/**
 * Vite serves the page, and passes two things on to the engine's process behind it: the link with the token, which sets the
 * cookie (cookies do not tell ports apart), and the WebSocket. Whoever comes from elsewhere keeps the Origin that gives them away.
 * @param {number} port
 */
async function browserMode(port) {
  const [{ createServer: createVite, mergeConfig }, { resolveConfig }] = await Promise.all([
    import('vite'),
    import('electron-vite'),
  ])
  const behind = `http://127.0.0.1:${await freePort()}`
  const { config } = await resolveConfig({ root }, 'serve', 'development')
  const page = await createVite(
    mergeConfig(config?.renderer ?? {}, {
      configFile: false,
      server: {
        host: '127.0.0.1',
        port,
        strictPort: true,
        proxy: {
          '^/\\?token=': { target: behind, changeOrigin: true },
          '/port': {
            target: behind,
            ws: true,
            changeOrigin: true,
            configure: (/** @type {import('vite').HttpProxy.ProxyServer} */ proxy) =>
              proxy.on('proxyReqWs', (request, { headers }) => {
                if (headers.origin === `http://${headers.host}`) request.setHeader('origin', behind)
              }),
          },
        },
      },
    }),
  )
  await page.listen()
  const front = page.resolvedUrls?.local[0] ?? `http://127.0.0.1:${port}/`

  const start = () =>
    startEngine(behind, (link) => console.log(`Socketeer is ready at ${front}${new URL(link).search}`))
  let engine = start()
  let work = Promise.resolve()
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  watch(join(root, 'src-main'), { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      work = work.then(async () => {
        if (!(await buildMain())) return
        await stopEngine(engine)
        engine = start()
      })
    }, CALM)
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, async () => {
      await Promise.all([stopEngine(engine), page.close()])
      process.exit(0)
    })
}

/** Over the channel it learns when we are gone, and ends. @param {string} address @param {(link: string) => void} ready */
function startEngine(address, ready) {
  const args = [join(root, 'out/main/serve.js'), '--no-open', '--port', new URL(address).port]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const link = /^Socketeer is ready at (\S+)/.exec(line)?.[1]
      if (link !== undefined) ready(link)
    })
  return child
}

/** @param {import('node:child_process').ChildProcess} child */
async function stopEngine(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** @returns {Promise<boolean>} whether it could be built; if not, what is running goes on */
async function buildMain() {
  const [{ build }, { resolveConfig }] = await Promise.all([import('vite'), import('electron-vite')])
  try {
    const { config } = await resolveConfig({ root, logLevel: 'warn' }, 'build', 'production')
    await build({ ...config?.main, configFile: false })
    return true
  } catch (error) {
    say(messageOf(error))
    return false
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  return port
}
