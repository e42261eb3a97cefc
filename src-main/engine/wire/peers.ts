/** Addresses that get a number; who comes from yet another one is not known. */
const MOST = 65_536

/** Numbers for the addresses of peers, the same in all sessions. */
export class Peers {
  readonly #numbers = new Map<string, number>()
  readonly #tell: (peer: number, address: string) => void

  /** @param tell called with each new one, before its number is used */
  constructor(tell: (peer: number, address: string) => void) {
    this.#tell = tell
  }

  /** The number of an address; 0 where there is none. */
  number(address: string): number {
    if (address === '') return 0
    const known = this.#numbers.get(address)
    if (known !== undefined) return known
    if (this.#numbers.size >= MOST) return 0
    const number = this.#numbers.size + 1
    this.#numbers.set(address, number)
    this.#tell(number, address)
    return number
  }
}
