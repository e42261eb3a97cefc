import type { RoleName } from '../../src-main/contract/index.js'
import type { Tone } from '../parts/link-summary.js'
import type { PlaceKind } from './place.js'

/** Pixels at zoom 1. Fixed, so that no figure moves an edge. */
export const CARDS = {
  session: { width: 176, height: 72 },
  place: { width: 208, height: 52 },
  peer: { width: 176, height: 68 },
} as const

/** What one node of the map shows; set in place, so that only what changed is drawn again. */
export class MapFigures {
  readonly kind: keyof typeof CARDS
  /** A name, or an address. */
  title = $state('')
  tone = $state<Tone>('off')
  /** How it is. */
  word = $state('')
  /** What it is, in a word or two. */
  about = $state('')
  rate = $state('')
  /** Of a session. */
  role = $state<RoleName | undefined>(undefined)
  apart = $state(false)
  /** Of an address. */
  reach = $state<PlaceKind>('machine')

  constructor(kind: keyof typeof CARDS) {
    this.kind = kind
  }

  /** What a screen reader says of it, without what changes all the time. */
  get label(): string {
    return [this.title, this.about, this.word].filter((part) => part !== '').join(', ')
  }
}
