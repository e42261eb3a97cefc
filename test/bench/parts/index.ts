import type { Commands } from '../part.js'
import { answerEngine, askEngine } from './trips-engine.js'
import { answerRaw, askRaw } from './trips-raw.js'
import { receiveEngine } from './receive-engine.js'
import { receiveRaw } from './receive-raw.js'
import { sender } from './sender.js'

/** What `--part NAME` makes of this program. */
export const parts: Readonly<Record<string, () => Commands>> = {
  sender,
  'receive-engine': receiveEngine,
  'receive-raw': receiveRaw,
  'ask-engine': askEngine,
  'ask-raw': askRaw,
  'answer-engine': answerEngine,
  'answer-raw': answerRaw,
}
