import { Fault, type Endpoint, type FaultShape } from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import { faultOf } from '../state/workbench.svelte.js'

/** Milliseconds that typing may rest before an address is checked. */
const PAUSE = 120

/** One address being written, checked by the engine's own parser as one types. */
export class EndpointDraft {
  readonly #caller: Caller
  readonly #changed: () => void
  #method = $state<Endpoint['method']>('connect')
  #address = $state('')
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #reachable = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked: AbortController | undefined

  constructor(caller: Caller, endpoint: Endpoint, changed: () => void = () => undefined) {
    this.#caller = caller
    this.#changed = changed
    this.#method = endpoint.method
    this.#address = endpoint.address
  }

  get method(): Endpoint['method'] {
    return this.#method
  }
  set method(method: Endpoint['method']) {
    this.#method = method
    this.#later()
  }
  get address(): string {
    return this.#address
  }
  /** `@` and `>` in front are taken for the switch, as in CZMQ. */
  set address(text: string) {
    const prefix = text.trimStart()[0]
    if (prefix === '@' || prefix === '>') {
      this.#method = prefix === '@' ? 'bind' : 'connect'
      this.#address = text.trimStart().slice(1)
    } else this.#address = text
    this.#later()
  }
  /** Why the address would be refused. */
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  /** Whether others than this machine could reach what is bound here. */
  get reachable(): boolean {
    return this.#method === 'bind' && this.#reachable
  }
  get value(): Endpoint {
    return { method: this.#method, address: this.#address.trim() }
  }

  /** Asks the engine now. True: it would take the address. */
  async check(): Promise<boolean> {
    clearTimeout(this.#timer)
    this.#asked?.abort()
    const asked = new AbortController()
    this.#asked = asked
    try {
      const { loopback } = await this.#caller.call('endpoint.check', { endpoint: this.value }, { signal: asked.signal })
      this.#fault = undefined
      this.#reachable = !loopback
    } catch (error) {
      if (asked.signal.aborted) return false
      // A line that is down says nothing about the address.
      this.#fault = error instanceof Fault && error.code === 'PORT_CLOSED' ? undefined : faultOf(error)
      this.#reachable = false
    }
    return this.#fault === undefined
  }

  #later(): void {
    this.#changed()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.check(), PAUSE)
  }
}
