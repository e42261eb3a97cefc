import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from '@playwright/test'
import { WebSocket } from 'ws'
import { PROFILE_VERSION } from '../../src-main/contract/index.js'
import { Client } from '../../src-renderer/bridge/client.js'
import { websocketPort } from '../../src-renderer/bridge/websocket-port.js'

/** Browser mode as it is built. */
export const SERVER = fileURLToPath(new URL('../main/serve.js', import.meta.url))

/** How smooth a page was for a while. */
export interface Frames {
  readonly frames: number
  /** Share of intervals over 25 ms, and the longest, ms. */
  readonly slow: number
  readonly longest: number
  /** CPU time of the page's main thread, as a share of the time: what the page itself needs, whoever else is on the machine. */
  readonly busy: number
}

/** The built app as a person has it, in a browser without a window, and an idle page beside it. */
export class Desk {
  readonly page: Page
  readonly idle: Page
  readonly #server: ChildProcess
  readonly #browser: Browser
  readonly #folder: string

  private constructor(page: Page, idle: Page, server: ChildProcess, browser: Browser, folder: string) {
    this.page = page
    this.idle = idle
    this.#server = server
    this.#browser = browser
    this.#folder = folder
  }

  /** Why it cannot be had here; undefined if it can. */
  static lacking(): string | undefined {
    if (process.env['SOCKETEER_CHROMIUM'] === undefined) return 'there is no Chromium (apt install chromium)'
    return existsSync(SERVER) ? undefined : 'the app is not built (npm run build)'
  }

  /** @param settings of its profile, where they are not the usual ones */
  static async start(settings: Readonly<Record<string, unknown>> = {}): Promise<Desk> {
    const folder = mkdtempSync(join(tmpdir(), 'socketeer-bench-'))
    writeFileSync(
      join(folder, 'default.json'),
      JSON.stringify({ version: PROFILE_VERSION, settings: { toured: true, ...settings } }),
    )
    const server = spawn(process.execPath, [SERVER, '--no-open', '--port', '0'], {
      env: { ...process.env, SOCKETEER_PROFILE_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const url = await said(server, /^Socketeer is ready at (\S+)/)
    const { chromium } = await import('@playwright/test')
    const browser = await chromium.launch({
      executablePath: process.env['SOCKETEER_CHROMIUM'] ?? '',
      args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    })
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })
    await page.goto(url)
    await page.getByRole('tab', { name: 'Chat' }).waitFor()
    const idle = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    return new Desk(page, idle, server, browser, folder)
  }

  /** A second view of the same engine, for what a page shows in words only. */
  async view(): Promise<Client> {
    const { origin } = new URL(this.page.url())
    const cookies = await this.page.context().cookies()
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    globalThis.WebSocket = class extends WebSocket {
      constructor(url: string) {
        super(url, { origin, headers: { cookie } })
      }
    } as unknown as typeof globalThis.WebSocket
    const client = new Client(websocketPort(`${origin.replace('http', 'ws')}/port`))
    await client.ready
    return client
  }

  /** Bytes of memory that the engine's process holds; NaN where the system does not say. */
  get resident(): number {
    try {
      const status = readFileSync(`/proc/${String(this.#server.pid)}/status`, 'utf8')
      return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1024
    } catch {
      return NaN
    }
  }

  async end(): Promise<void> {
    await this.#browser.close()
    this.#server.kill('SIGTERM')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The first line of a process that fits; its first group. */
export async function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`it ended (${String(code)}) before it said ${String(pattern)}`)))
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = pattern.exec(line)
      if (found !== null) resolve(found[1] ?? '')
    })
  })
}

/** Watches the frames of a page for `ms` milliseconds. */
export async function framesOf(page: Page, ms: number): Promise<Frames> {
  const inspector = await page.context().newCDPSession(page)
  await inspector.send('Performance.enable', { timeDomain: 'threadTicks' })
  const used = async (): Promise<number> => {
    const { metrics } = await inspector.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN
  }
  const [since, before] = [performance.now(), await used()]
  const intervals = await intervalsOf(page, ms)
  const busy = ((await used()) - before) / ((performance.now() - since) / 1000)
  await inspector.detach()
  const slow = intervals.filter((each) => each > 25).length / Math.max(1, intervals.length)
  return { frames: intervals.length, slow, longest: Math.max(...intervals), busy }
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of CPU. */
  readonly tdur?: number
}

/**
 * Milliseconds of CPU of the longest task that a page's main thread had within `ms` milliseconds: how long the page itself could hold up a frame, however long the system
 * then let it wait for a core. 0 where the system does not tell a thread's CPU time.
 */
export async function longestTask(page: Page, ms: number): Promise<number> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('The page has no browser.')
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] })
  await page.evaluate(() => performance.mark('watched'))
  await new Promise((resolve) => setTimeout(resolve, ms))
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const watched = traceEvents.find(({ name }) => name === 'watched')
  if (watched === undefined) throw new Error('The trace has nothing of the page.')
  const tasks = traceEvents.filter(({ pid, tid }) => pid === watched.pid && tid === watched.tid)
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0)
}

/** Milliseconds from frame to frame. */
function intervalsOf(page: Page, ms: number): Promise<number[]> {
  return page.evaluate(
    (time) =>
      new Promise<number[]>((resolve) => {
        // The page's own: this file is Node's.
        const { requestAnimationFrame: next } = globalThis as unknown as {
          requestAnimationFrame: (call: (at: number) => void) => void
        }
        const intervals: number[] = []
        let before = 0
        let began = 0
        const frame = (at: number): void => {
          if (before === 0) began = at
          else intervals.push(at - before)
          before = at
          if (at - began < time) next(frame)
          else resolve(intervals)
        }
        next(frame)
      }),
    ms,
  )
}
