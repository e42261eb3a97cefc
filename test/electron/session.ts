import { EventEmitter } from 'node:events'
import { app } from './app.js'
import { strict } from './strict.js'

type SessionCalls = Pick<
  Electron.Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'setSpellCheckerEnabled'
>
type RequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0]
type CheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0]
type DeviceHandler = Parameters<Electron.Session['setDevicePermissionHandler']>[0]
type RequestFilter = (
  details: Electron.OnBeforeRequestListenerDetails,
  answer: (response: Electron.CallbackResponse) => void,
) => void
type ProtocolHandler = (request: GlobalRequest) => GlobalResponse | Promise<GlobalResponse>

/** docs/api/session.md */
class Session extends EventEmitter implements SessionCalls {
  permissionRequest: RequestHandler = null
  permissionCheck: CheckHandler = null
  device: DeviceHandler = null
  beforeRequest: RequestFilter | null = null
  /** Electron's default. */
  spelling = true

  readonly webRequest = strict('session.webRequest', {
    onBeforeRequest: ((...values: [RequestFilter | null]) => {
      if (values.length > 1) throw new Error('not in the stand-in: a filter in webRequest.onBeforeRequest')
      this.beforeRequest = values[0]
    }) as Electron.WebRequest['onBeforeRequest'],
  })

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.permissionRequest = handler
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.permissionCheck = handler
  }

  setDevicePermissionHandler(handler: DeviceHandler): void {
    this.device = handler
  }

  setSpellCheckerEnabled(enable: boolean): void {
    this.spelling = enable
  }
}

export const defaultSession = strict('session', new Session())

/** "available after `app.whenReady` is called" */
export const session = strict('session', {
  get defaultSession(): Session {
    app.after('session.defaultSession')
    return defaultSession
  },
})

/** docs/api/protocol.md */
class Protocol implements Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'> {
  schemes: Electron.CustomScheme[] | undefined
  readonly handlers = new Map<string, ProtocolHandler>()

  /** "can only be used before the `ready` event of the `app` module gets emitted and can be called only once" */
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    app.before('protocol.registerSchemesAsPrivileged')
    if (this.schemes) throw new Error('protocol.registerSchemesAsPrivileged can be called only once')
    this.schemes = schemes
  }

  /** "can only be used after the `ready` event of the `app` module gets emitted" */
  handle(scheme: string, handler: ProtocolHandler): void {
    app.after('protocol.handle')
    if (this.handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    this.handlers.set(scheme, handler)
  }
}

export const protocol = strict('protocol', new Protocol())

/** A request of a page, as Chromium would make it: first the filter, then whoever handles its scheme. */
export async function request(url: string, init: RequestInit = {}): Promise<Response | 'blocked'> {
  const { protocol: scheme } = new URL(url)
  const cancelled = await new Promise<boolean>((resolve) => {
    const filter = defaultSession.beforeRequest
    if (filter) filter({ url } as Electron.OnBeforeRequestListenerDetails, ({ cancel }) => resolve(cancel === true))
    else resolve(false)
  })
  if (cancelled) return 'blocked'
  if (scheme === 'http:') return await fetch(url, init)
  return (await protocol.handlers.get(scheme.slice(0, -1))?.(new Request(url, init))) ?? 'blocked'
}
