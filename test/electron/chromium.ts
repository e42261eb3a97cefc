import { readFileSync } from 'node:fs'
import type { BrowserContext, Page } from '@playwright/test'
import { pageScript } from './in-page.js'
import type { Desktop } from './launch.js'
import type { ScreenCommand } from './screen.js'

/** Where pages of `app://socketeer/` live in Chromium, whose network knows no `app:`. Nothing resolves this name: every request is answered by the app's handler. */
const HOME = 'https://socketeer.test'
const APP = 'app://socketeer'
const BINDING = 'standIn'

const toChromium = (url: string): string => (url.startsWith(`${APP}/`) ? HOME + url.slice(APP.length) : url)
const toApp = (url: string): string => (url.startsWith(`${HOME}/`) ? APP + url.slice(HOME.length) : url)

interface Shown {
  page: Page
  load: Extract<ScreenCommand, { do: 'load' }>
  /** Messages for the page, sent one lot after the other. */
  waiting: { document: string; message: [string, unknown[]] }[]
  sending: boolean
  crashed: boolean
  /** Closed by the main process: nobody is asked, and nobody told. */
  dropped: boolean
}

/** The windows of one app as pages of a real Chromium. Numbered as the stand-in numbers them. */
export class Screen {
  /** What went wrong in pages, or did not fit. A test looks at it at its end. */
  readonly errors: string[] = []
  readonly #context: BrowserContext
  readonly #windows = new Map<number, Shown>()
  /** Windows that were destroyed, some before they had a page. */
  readonly #gone = new Set<number>()
  #desktop: Desktop | undefined
  #begin: () => void = () => undefined
  readonly #served = new Promise<void>((resolve) => (this.#begin = resolve))

  constructor(context: BrowserContext) {
    this.#context = context
  }

  /** The app whose windows these are. */
  async serve(desktop: Desktop): Promise<void> {
    this.#desktop = desktop
    await this.#context.route('**/*', async (route) => {
      const request = route.request()
      const answer = await desktop.do('serve', toApp(request.url()), request.method()).catch(() => undefined)
      if (answer === undefined) await route.abort('blockedbyclient').catch(() => undefined)
      else await route.fulfill({ ...answer, body: Buffer.from(answer.body) }).catch(() => undefined)
    })
    this.#begin()
  }

  /** In the order of their opening. */
  get pages(): readonly Page[] {
    return [...this.#windows.values()].filter(({ crashed }) => !crashed).map(({ page }) => page)
  }

  windowOf(page: Page): number {
    const found = [...this.#windows].find(([, shown]) => shown.page === page)
    if (found === undefined) throw new Error('this page is in no window')
    return found[0]
  }

  /** Ends the renderer of a page, for real. */
  async crash(page: Page): Promise<void> {
    const ended = page.waitForEvent('crash')
    page.goto('chrome://crash').catch(() => undefined)
    await ended
  }

  command(command: ScreenCommand): void {
    this.#do(command).catch((error: unknown) => {
      if (this.#windows.get(command.window)?.dropped === false) this.errors.push(`${command.do}: ${String(error)}`)
    })
  }

  async #do(command: ScreenCommand): Promise<void> {
    const { window } = command
    await this.#served
    if (command.do === 'load') return await this.#load(command)
    const shown = this.#windows.get(window)
    if (command.do === 'destroy') this.#gone.add(window)
    if (shown === undefined) return
    switch (command.do) {
      case 'reload':
        // A page whose renderer is gone cannot be driven any more: the window gets another one.
        if (!shown.crashed) return void (await shown.page.reload())
        this.#drop(window)
        return await this.#load({ ...shown.load, url: toApp(shown.page.url()) })
      case 'send':
        shown.waiting.push({ document: command.document, message: [command.channel, command.values] })
        return await this.#send(shown)
      case 'close':
        return await shown.page.close({ runBeforeUnload: true })
      case 'destroy':
        return this.#drop(window)
    }
  }

  async #load(load: Extract<ScreenCommand, { do: 'load' }>): Promise<void> {
    const { window } = load
    const page = await this.#context.newPage()
    if (this.#gone.has(window)) return await page.close()
    this.#windows.set(window, { page, load, waiting: [], sending: false, crashed: false, dropped: false })
    await page.setViewportSize(load.size)
    this.#follow(page, window)
    if (load.preload !== undefined) {
      await page.exposeBinding(BINDING, (_source, ...said: Said) => this.#hear(window, ...said))
      await page.addInitScript({
        content: pageScript({ home: HOME, binding: BINDING }, readFileSync(load.preload, 'utf8')),
      })
    }
    const failure = await page.goto(toChromium(load.url)).then(
      () => undefined,
      (error: unknown) => String(error),
    )
    await this.#tell('finished', window, failure)
  }

  #follow(page: Page, window: number): void {
    const shown = this.#windows.get(window)
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame())
        void this.#tell('began', window, toApp(request.url()))
    })
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) void this.#tell('moved', window, toApp(frame.url()))
    })
    page.on('dialog', async (dialog) => {
      if (dialog.type() !== 'beforeunload') this.errors.push(`the page showed a dialog: ${dialog.message()}`)
      const go = dialog.type() === 'beforeunload' && (await this.#tell('mayGo', window)) === true
      await (go ? dialog.accept() : dialog.dismiss()).catch(() => undefined)
    })
    page.on('crash', () => {
      if (shown !== undefined) shown.crashed = true
      void this.#tell('died', window, 'crashed')
    })
    page.on('close', () => {
      if (shown?.dropped === false) void this.#tell('left', window)
    })
    page.on('popup', () => this.errors.push('not in the stand-in: a window that opens by a link'))
    page.on('pageerror', (error) => this.errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text())
    })
  }

  /** What the page's own half of the stand-in says, in its order. */
  #hear(window: number, document: string, count: number, act: string, values: unknown[]): void {
    if (count !== (this.#heard.get(document) ?? 0) + 1) this.errors.push(`the page's words came out of order (${act})`)
    this.#heard.set(document, count)
    const [first, second] = values as [string, unknown[]]
    if (act === 'document') void this.#tell('document', window, document, toApp(first))
    else if (act === 'send') void this.#tell('heard', window, document, first, second)
    else if (act === 'open') void this.#tell('wantsWindow', window, toApp(first))
    else if (act === 'close') void this.#tell('close', window)
  }
  readonly #heard = new Map<string, number>()

  async #send(shown: Shown): Promise<void> {
    if (shown.sending) return
    shown.sending = true
    while (shown.waiting.length > 0 && !shown.crashed && !shown.dropped) {
      const lot = shown.waiting.splice(0)
      await shown.page
        .evaluate((messages) => {
          type Entrance = (document: string, messages: [string, unknown[]][]) => void
          const entrance = (globalThis as unknown as Record<symbol, Entrance | undefined>)[
            Symbol.for('socketeer stand-in')
          ]
          for (const { document, message } of messages) entrance?.(document, [message])
        }, lot)
        // The document went while the message was on its way.
        .catch(() => undefined)
    }
    shown.sending = false
  }

  #drop(window: number): void {
    const shown = this.#windows.get(window)
    if (shown === undefined) return
    shown.dropped = true
    this.#windows.delete(window)
    shown.page.close().catch(() => undefined)
  }

  /** The app may have ended meanwhile. */
  async #tell(act: 'mayGo', window: number): Promise<unknown>
  async #tell<K extends Parameters<Desktop['do']>[0]>(act: K, ...values: unknown[]): Promise<unknown>
  async #tell(act: Parameters<Desktop['do']>[0], ...values: unknown[]): Promise<unknown> {
    return await this.#desktop?.do(act, ...(values as never)).catch((error: unknown) => {
      if (!/^Error: the app ended|channel closed/i.test(String(error))) this.errors.push(`${act}: ${String(error)}`)
    })
  }
}

type Said = [document: string, count: number, act: string, values: unknown[]]
