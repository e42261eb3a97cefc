import type { Commands } from '../part.js'
import { answerEngine, askEngine } from './trips-engine.js'
import { answerRaw, answerRouter, askRaw } from './trips-raw.js'
import { pipelineEngine, pipelineRaw } from './pipeline.js'
import { receiveEngine } from './receive-engine.js'
import { largeSender } from './large.js'
import { radioReceiver, radioSender } from './radio.js'
import { recording, recordingListener } from './recording.js'
import { receiveRaw } from './receive-raw.js'
import { searching } from './search.js'
import { topicsSender } from './topics.js'
import { sender } from './sender.js'

/** What `--part NAME` makes of this program. */
export const parts: Readonly<Record<string, () => Commands>> = {
  sender,
  search: searching,
  'pipeline-engine': pipelineEngine,
  'pipeline-raw': pipelineRaw,
  'radio-receiver': radioReceiver,
  'radio-sender': radioSender,
  'topics-sender': topicsSender,
  'large-sender': largeSender,
  recording,
  'recording-listener': recordingListener,
  'receive-engine': () => receiveEngine({ driver: 'portable' }),
  'receive-full': () => receiveEngine({ driver: 'portable', journalBytes: 16 * 1024 * 1024 }),
  'receive-thread': () => receiveEngine({ driver: 'wire' }),
  'receive-thread-full': () => receiveEngine({ driver: 'wire', journalBytes: 64 * 1024 * 1024 }),
  'receive-thread-hidden': () => receiveEngine({ driver: 'wire', hidden: true }),
  'hear-thread': () => receiveEngine({ driver: 'wire', role: 'subscriber' }),
  'hear-raw': () => receiveRaw(false, 'subscriber'),
  'receive-raw': () => receiveRaw(),
  'receive-for-await': () => receiveRaw(true),
  'ask-engine': askEngine,
  'ask-raw': askRaw,
  'answer-engine': answerEngine,
  'answer-raw': answerRaw,
  'answer-router': answerRouter,
}
