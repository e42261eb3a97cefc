import { resolve } from 'node:path'
import { app } from 'electron'
import { LINK_SCHEME, WORKSPACE_ENDING } from '../contract/index.js'

/** What the system hands over: a link that was followed, or a workspace file by its whole path. */
export type Arrival = { readonly link: string } | { readonly file: string }

/** What is among the arguments of a start: Chromium changes their order, and adds its own. */
export function arrivalsIn(args: readonly string[], directory: string): Arrival[] {
  const link = args.find((arg) => arg.toLowerCase().startsWith(`${LINK_SCHEME}//`))
  const file = args.find((arg) => !arg.startsWith('-') && arg.toLowerCase().endsWith(WORKSPACE_ENDING) && arg !== link)
  return [
    ...(link === undefined ? [] : [{ link }]),
    ...(file === undefined ? [] : [{ file: resolve(directory, file) }]),
  ]
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
