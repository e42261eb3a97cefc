import type { WebContents } from 'electron'
import type { EventName, Events, Port } from '../contract/index.js'

/** The lines to the pages, each by the contents that it leads to. */
export class Pages {
  readonly #ports = new WeakMap<WebContents, Port>()
  readonly #waiting = new WeakMap<WebContents, ((port: Port) => void)[]>()

  /** A page has opened its line, and hears what is waiting for it. */
  connected(port: Port, contents: WebContents): void {
    this.#ports.set(contents, port)
    port.onClose(() => {
      if (this.#ports.get(contents) === port) this.#ports.delete(contents)
    })
    for (const send of this.#waiting.get(contents)?.splice(0) ?? []) send(port)
  }

  /** Tells one page, now or as soon as it listens. */
  tell<E extends EventName>(contents: WebContents, name: E, value: Events[E]): void {
    const send = (port: Port): void => port.send({ kind: 'event', name, value })
    const port = this.#ports.get(contents)
    if (port !== undefined) send(port)
    else this.#waiting.set(contents, [...(this.#waiting.get(contents) ?? []), send])
  }
}
