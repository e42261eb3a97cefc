import { dialog } from 'electron'
import {
  Fault,
  parseDeepLink,
  type DeepLink,
  type Endpoint,
  type SessionSettingsInput,
  defaultForward,
} from '../contract/index.js'
import type { Words } from './words.js'

export interface LinkOptions {
  words: () => Words
  /** The address as the engine reads it, and whether it stays on this machine. Throws Fault. */
  check: (endpoint: Endpoint) => { address: string; loopback: boolean }
  /** Opens the session that the person has agreed to. */
  open: (settings: SessionSettingsInput) => Promise<void>
}

/** Any page in any browser can have a link followed, as often as it likes: one question at a time, and nothing opens without a yes. */
export function askForLinks(options: LinkOptions): (link: string) => void {
  let asking = false
  return (link) => {
    if (asking) return
    asking = true
    ask(link, options)
      .catch((error: unknown) => refuse(error, options.words()))
      .catch(() => undefined)
      .finally(() => (asking = false))
  }
}

async function ask(text: string, { words, check, open }: LinkOptions): Promise<void> {
  const link = parseDeepLink(text)
  const w = words()
  const { address, loopback } = check(link.endpoint)
  const binds = link.endpoint.method === 'bind'
  if (binds && !loopback) throw new Fault('BAD_LINK', w.linkNotHere)
  const { response } = await dialog.showMessageBox({
    type: loopback ? 'question' : 'warning',
    message: w.linkAsks,
    detail: [
      `${w.linkRole}: ${w[link.role]}`,
      `${binds ? w.linkBinds : w.linkConnects}: ${address}`,
      ...(link.topics.length > 0
        ? [`${w.linkTopics}: ${link.topics.map((topic) => JSON.stringify(topic)).join(', ')}`]
        : []),
      ...(loopback ? [] : [w.linkLeaves]),
    ].join('\n'),
    buttons: [w.linkLeave, w.linkOpen],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  if (response === 1) await open(settingsOf(link))
}

async function refuse(error: unknown, w: Words): Promise<void> {
  const detail = error instanceof Error ? error.message : String(error)
  await dialog.showMessageBox({ type: 'warning', message: w.linkBad, detail, buttons: [w.ok] })
}

function settingsOf({ role, endpoint, topics }: DeepLink): SessionSettingsInput {
  const endpoints = [endpoint]
  if (role === 'subscriber') return { role, endpoints, ...(topics.length > 0 ? { topics: [...topics] } : {}) }
  if (role === 'worker') return { role, endpoints, forward: [...defaultForward] }
  return { role, endpoints }
}
