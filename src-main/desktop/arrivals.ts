import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app } from 'electron'
import { LINK_SCHEME, RECORDING_SUFFIX, WORKSPACE_ENDING } from '../contract/index.js'

/** What the system hands over: a link that was followed, or a workspace or recording by its whole path. */
export type Arrival = { readonly link: string } | { readonly file: string }

/** What files end in that we open. */
const OURS = [WORKSPACE_ENDING, RECORDING_SUFFIX]

/** What is among the arguments of a start: Chromium changes their order, and adds its own. */
export function arrivalsIn(args: readonly string[], directory: string): Arrival[] {
  const isLink = (arg: string) => arg.toLowerCase().startsWith(`${LINK_SCHEME}//`)
  const isFile = (arg: string) => !arg.startsWith('-') && OURS.some((ending) => arg.toLowerCase().endsWith(ending))
  return [
    ...args
      .filter(isLink)
      .slice(0, 1)
      .map((link) => ({ link })),
    ...args.filter((arg) => isFile(arg) && !isLink(arg)).flatMap((file) => fileAt(file, directory)),
  ]
}

/** Linux' desktops give a file as a URL. What is on another machine, nobody reads only because a program was started with its name. */
function fileAt(text: string, directory: string): { file: string }[] {
  if (!text.toLowerCase().startsWith('file:')) return [{ file: resolve(directory, text) }]
  try {
    return new URL(text).host === '' ? [{ file: fileURLToPath(text) }] : []
  } catch {
    return []
  }
}

/** They come before the app is ready, too: those wait. Called before anything else has waited, or macOS' first one is missed. */
export function collectArrivals(
  args: readonly string[],
  directory: string,
): { deliver: (to: (arrival: Arrival) => void) => void } {
  const waiting = arrivalsIn(args, directory)
  let taker: ((arrival: Arrival) => void) | undefined
  const take = (arrival: Arrival): void => {
    if (taker === undefined) waiting.push(arrival)
    else taker(arrival)
  }
  app.on('open-url', (event, link) => {
    event.preventDefault()
    take({ link })
  })
  app.on('open-file', (event, file) => {
    event.preventDefault()
    take({ file })
  })
  app.on('second-instance', (_event, argv, where) => {
    for (const arrival of arrivalsIn(argv, where)) take(arrival)
  })
  // A copy that is not installed leaves the system as it is.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME.slice(0, -1))
  return {
    deliver: (to) => {
      taker = to
      for (const arrival of waiting.splice(0)) to(arrival)
    },
  }
}
