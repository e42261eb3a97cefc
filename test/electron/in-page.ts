type Call = (...values: unknown[]) => unknown

/** As much of a page as this touches. */
interface PageGlobal {
  top: unknown
  location: { origin: string; href: string }
  crypto: { randomUUID: () => string }
  open: (url?: string) => null
  close: () => void
}

export interface InPage {
  /** The only origin whose pages have a preload script. */
  home: string
  /** Name of the function that leads out of the page. */
  binding: string
}

/** The text of a script that runs in front of everything that is the page's own, with the preload script in it: the page's policy forbids to compile one. */
export function pageScript(options: InPage, preload: string): string {
  return `(${runInPage.toString()})(${JSON.stringify(options)}, function (exports, require, module) {${preload}\n})`
}

/** Stands alone: Chromium gets it as text. */
function runInPage({ home, binding }: InPage, preload: Call): void {
  const window = globalThis as unknown as PageGlobal
  const { location, crypto } = window
  const global = globalThis as unknown as Record<string, Call>
  const out = global[binding]
  if (window !== window.top || location.origin !== home || out === undefined) return
  delete global[binding]
  const document = crypto.randomUUID()
  let count = 0
  const tell = (act: string, ...values: unknown[]): void => void out(document, ++count, act, values)

  function strict<T extends object>(name: string, value: T): T {
    return new Proxy(value, {
      get(target, key, receiver) {
        if (typeof key === 'symbol' || key in target) return Reflect.get(target, key, receiver) as unknown
        throw new Error(`not in the stand-in: ${name}.${key}`)
      },
    })
  }
  /** docs/api/context-bridge.md: functions are proxied to the other side, all else is copied, and what arrives there is frozen. */
  function crossing(value: unknown): unknown {
    if (typeof value !== 'function') return structuredClone(value)
    return (...values: unknown[]) => crossing((value as Call)(...values.map(crossing)))
  }

  const listeners = new Map<string, Call[]>()
  const exposed: [string, string[]][] = []
  const electron = strict('electron (preload)', {
    contextBridge: strict('contextBridge', {
      exposeInMainWorld: (key: string, api: Record<string, Call>): void => {
        if (key in window) throw new Error(`Cannot bind an API on top of an existing property on the window object`)
        const value = Object.freeze(Object.fromEntries(Object.entries(api).map(([name, f]) => [name, crossing(f)])))
        Object.defineProperty(window, key, { value, enumerable: true, writable: false, configurable: false })
        exposed.push([key, Object.keys(api)])
      },
    }),
    ipcRenderer: strict('ipcRenderer', {
      send: (channel: string, ...values: unknown[]): void => tell('send', channel, structuredClone(values)),
      on: (channel: string, listener: Call): void => {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
      },
      removeAllListeners: (channel: string): void => void listeners.delete(channel),
    }),
  })
  const require = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`not in the stand-in: require('${name}') in a preload script`)
    return electron
  }

  Object.defineProperty(window, Symbol.for('socketeer stand-in'), {
    value: (to: string, messages: [string, unknown[]][]) => {
      // Electron drops what is for a document that is gone, or that nobody there hears.
      if (to !== document) return
      for (const [channel, values] of messages)
        for (const listener of listeners.get(channel) ?? []) listener({ senderId: 0, ports: [] }, ...values)
    },
  })
  // A window that the page asks for is the main process' to give, and this one never does; one that it closes is closed there.
  window.open = (url) => {
    tell('open', new URL(url ?? '', location.href).href)
    return null
  }
  window.close = () => tell('close')

  tell('document', location.href)
  const module = { exports: {} }
  preload(module.exports, require, module)
  tell('preloaded', exposed)
}
