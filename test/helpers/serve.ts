import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { WebSocket } from 'ws'
import { Client } from '../../src-renderer/bridge/client.js'
import { websocketPort } from '../../src-renderer/bridge/websocket-port.js'
import { request } from '../web/raw.js'
import { atEnd } from './ending.js'
import { DEADLINE, LineProcess } from './peer.js'
import { within } from './until.js'

/** Browser mode as it is shipped: a process of its own, built. */
const program = fileURLToPath(new URL('../../out/main/serve.js', import.meta.url))

/** A view, and the line it has. */
export interface View extends Client {
  /** Tears the line as a crashed page does: no goodbye. */
  tear(): void
}

export interface ServeProcess {
  readonly process: LineProcess
  readonly url: URL
  /** A browser that has used the link: one more page of it. */
  view(): Promise<View>
}

/** Starts it on a free port with its profile in `directory`/profile. It is killed when the test ends. */
export async function startServe(directory: string, ...args: string[]): Promise<ServeProcess> {
  if (!existsSync(program)) throw new Error(`${program} is not there: run npm run build first.`)
  const env = { ...process.env, SOCKETEER_PROFILE_DIR: join(directory, 'profile') }
  const child = new LineProcess('browser mode', process.execPath, [program, '--port', '0', '--no-open', ...args], env)
  const url = new URL(await child.line((line) => /^Socketeer is ready at (http:\/\/\S+)$/.exec(line)?.[1]))
  let cookie: string | undefined
  return {
    process: child,
    url,
    async view() {
      if (cookie === undefined) {
        const { headers } = await request(Number(url.port), `GET /${url.search}`, [`Host: ${url.host}`])
        cookie = headers['set-cookie']?.split(';')[0] ?? ''
      }
      return await viewOf(url, cookie)
    },
  }
}

/** A view as a page makes it: its WebSocket sends origin and cookie by itself. */
async function viewOf(url: URL, cookie: string): Promise<View> {
  const lines: WebSocket[] = []
  class BrowserWebSocket extends WebSocket {
    constructor(address: string) {
      super(address, { origin: url.origin, headers: { cookie } })
      lines.push(this)
    }
  }
  vi.stubGlobal('WebSocket', BrowserWebSocket)
  atEnd(() => vi.unstubAllGlobals())
  const client = new Client(websocketPort(`ws://${url.host}/port`))
  const tear = () => lines.forEach((line) => line.terminate())
  atEnd(tear)
  await within(client.ready, DEADLINE, 'hello')
  return Object.assign(client, { tear })
}
