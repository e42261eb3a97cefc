import type { Desk } from '../../src-main/contract/index.js'
import { roleTitle } from '../lib/words.js'
import { m } from '../paraglide/messages.js'

/** Units of the drawing. */
export const WIDTH = 560
export const HEIGHT = 228
export const BOX = { width: 128, height: 58 }

/** Who stands in a drawing. */
export interface Actor {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly title: () => string
  /** Under the title, at each step; the last one goes on. */
  readonly states: readonly (() => string)[]
}

/** A message; `at` is where it is at each step: with an actor, or '' while it is not to be seen. */
export interface Token {
  readonly id: string
  readonly text: string
  /** A question or a task; an answer or a result; what a latecomer asks for. */
  readonly look: 'out' | 'back' | 'wish'
  readonly from: string
  readonly at: readonly string[]
}

/** A few steps that go round: what is said at each, and who has what then. */
export interface Drawing {
  readonly actors: readonly Actor[]
  readonly lines: readonly (readonly [string, string])[]
  readonly tokens: readonly Token[]
  readonly captions: readonly (() => string)[]
}

const token = (id: string, text: string, look: Token['look'], from: string, ...at: string[]): Token => ({
  id,
  text,
  look,
  from,
  at,
})

export const drawings: Readonly<Record<Desk, Drawing>> = {
  chat: {
    actors: [
      {
        id: 'one',
        x: 16,
        y: 20,
        title: () => `${roleTitle('client')} 1`,
        states: [m.help_may_send, m.help_waits, m.help_waits, m.help_may_send, m.help_may_send],
      },
      {
        id: 'two',
        x: 16,
        y: 138,
        title: () => `${roleTitle('client')} 2`,
        states: [m.help_may_send, m.help_may_send, m.help_waits, m.help_waits, m.help_may_send],
      },
      {
        id: 'server',
        x: 416,
        y: 79,
        title: () => roleTitle('server'),
        states: [m.help_waits, m.help_busy, m.help_busy, m.help_busy, m.help_waits],
      },
    ],
    lines: [
      ['one', 'server'],
      ['two', 'server'],
    ],
    tokens: [
      token('q1', '?', 'out', 'one', '', 'server', 'server', '', ''),
      token('q2', '?', 'out', 'two', '', '', 'server', 'server', ''),
      token('a1', '!', 'back', 'server', '', '', '', 'one', 'one'),
      token('a2', '!', 'back', 'server', '', '', '', '', 'two'),
    ],
    captions: [m.help_chat_step_1, m.help_chat_step_2, m.help_chat_step_3, m.help_chat_step_4, m.help_chat_step_5],
  },
  radio: {
    actors: [
      { id: 'pub', x: 16, y: 79, title: () => roleTitle('publisher'), states: [m.help_speaks] },
      { id: 'car', x: 416, y: 4, title: () => roleTitle('subscriber'), states: [m.help_hears_car] },
      { id: 'all', x: 416, y: 79, title: () => roleTitle('subscriber'), states: [m.help_hears_all] },
      {
        id: 'late',
        x: 416,
        y: 154,
        title: () => roleTitle('subscriber'),
        states: [m.help_absent, m.help_absent, m.help_absent, m.help_late, m.help_hears_all],
      },
    ],
    lines: [
      ['pub', 'car'],
      ['pub', 'all'],
      ['pub', 'late'],
    ],
    tokens: [
      token('c1', 'car/1', 'out', 'pub', '', 'car', 'car', '', ''),
      token('c2', 'car/1', 'out', 'pub', '', 'all', 'all', '', ''),
      token('b1', 'bus/7', 'out', 'pub', '', '', 'all', '', ''),
      token('s1', 'sub', 'wish', 'late', '', '', '', 'pub', ''),
      token('d1', 'car/2', 'out', 'pub', '', '', '', '', 'car'),
      token('d2', 'car/2', 'out', 'pub', '', '', '', '', 'all'),
      token('d3', 'car/2', 'out', 'pub', '', '', '', '', 'late'),
    ],
    captions: [m.help_radio_step_1, m.help_radio_step_2, m.help_radio_step_3, m.help_radio_step_4, m.help_radio_step_5],
  },
  pipeline: {
    actors: [
      { id: 'vent', x: 8, y: 79, title: () => roleTitle('ventilator'), states: [m.help_hands_out] },
      {
        id: 'w1',
        x: 216,
        y: 4,
        title: () => `${roleTitle('worker')} 1`,
        states: [m.help_free, m.help_works, m.help_works, m.help_free],
      },
      {
        id: 'w2',
        x: 216,
        y: 79,
        title: () => `${roleTitle('worker')} 2`,
        states: [m.help_free, m.help_works, m.help_works, m.help_free],
      },
      { id: 'w3', x: 216, y: 154, title: () => `${roleTitle('worker')} 3`, states: [m.help_slow] },
      { id: 'sink', x: 424, y: 79, title: () => roleTitle('sink'), states: [m.help_collects] },
    ],
    lines: [
      ['vent', 'w1'],
      ['vent', 'w2'],
      ['vent', 'w3'],
      ['w1', 'sink'],
      ['w2', 'sink'],
      ['w3', 'sink'],
    ],
    tokens: [
      token('t1', '1', 'out', 'vent', 'vent', 'w1', 'sink', 'sink', 'sink'),
      token('t2', '2', 'out', 'vent', 'vent', 'w2', 'sink', 'sink', 'sink'),
      token('t3', '3', 'out', 'vent', 'vent', 'w3', 'w3', 'sink', 'sink'),
      token('t4', '4', 'out', 'vent', 'vent', 'vent', 'w1', 'sink', 'sink'),
      token('t5', '5', 'out', 'vent', 'vent', 'vent', 'w2', 'sink', 'sink'),
      token('t6', '6', 'out', 'vent', 'vent', 'vent', 'w3', 'w3', 'sink'),
    ],
    captions: [
      m.help_pipeline_step_1,
      m.help_pipeline_step_2,
      m.help_pipeline_step_3,
      m.help_pipeline_step_4,
      m.help_pipeline_step_5,
    ],
  },
}

/** Where a token stands at a step, and whether it is to be seen: with others at the same actor in a row along the bottom of its box. */
export function placeOf(drawing: Drawing, at: number, token: Token): { x: number; y: number; shown: boolean } {
  const holder = token.at[at] ?? ''
  const beside = drawing.tokens.filter((other) => (other.at[at] ?? '') === holder)
  const actor = drawing.actors.find(({ id }) => id === (holder === '' ? token.from : holder))
  if (actor === undefined) return { x: 0, y: 0, shown: false }
  if (holder === '') return { x: actor.x + BOX.width / 2, y: actor.y + BOX.height / 2, shown: false }
  const pitch = widthOf(token) + 3
  const row = beside.indexOf(token) - (beside.length - 1) / 2
  return { x: actor.x + BOX.width / 2 + row * pitch, y: actor.y + BOX.height, shown: true }
}

/** Units that a token is wide. */
export const widthOf = ({ text }: Token): number => (text.length > 1 ? 38 : 18)
