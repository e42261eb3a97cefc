import { protocol } from 'electron'
import { securityHeaders } from '../web/headers.js'
import type { Manifest } from '../web/manifest.js'
import { SCHEME, type Origin } from './origin.js'

/**
 * Makes `app:` a scheme like https: relative addresses, storage, a secure context. It bypasses nothing. Electron takes this
 * before it is ready, and once only.
 */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the page from memory, with the headers of browser mode. What is not in the manifest is not there. */
export function servePage(origin: Origin, manifest: Manifest): void {
  protocol.handle(SCHEME, ({ url, method }) => {
    if (method !== 'GET' && method !== 'HEAD') return answer(405, { Allow: 'GET, HEAD' })
    const file = origin.owns(url) ? manifest.get(new URL(url).pathname) : undefined
    if (file === undefined) return answer(404)
    return answer(200, { 'Content-Type': file.type }, method === 'GET' ? file.body : null)
  })
}

function answer(status: number, headers: Record<string, string> = {}, body: Uint8Array | null = null): Response {
  // A copy: nobody who reads the answer may hold the manifest's own bytes.
  return new Response(body && new Uint8Array(body), { status, headers: { ...securityHeaders(), ...headers } })
}
