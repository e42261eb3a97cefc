import type { recordingRequests } from '../contract/index.js'
import type { Recordings } from '../recording/recordings.js'
import type { Handlers } from './dispatch.js'

/** The handlers of the requests about recordings and replays. */
export function recordingHandlers(recordings: Recordings): Pick<Handlers, keyof typeof recordingRequests> {
  return {
    'recording.list': () => recordings.show(),
    'recording.start': ({ settings }) => recordings.start(settings),
    'recording.stop': ({ id }) => recordings.stop(id),
    'recording.open': ({ name }) => recordings.open(name),
    'recording.remove': async ({ name }) => {
      await recordings.remove(name)
      return undefined
    },
    'recording.restore': async ({ name }) => {
      await recordings.restore(name)
      return undefined
    },
    'replay.start': ({ id, settings }) => recordings.replay(id, settings),
    'replay.steer': ({ id, to }) => recordings.steer(id, to),
    'replay.seek': ({ id, time }) => recordings.seek(id, time),
    'replay.speed': ({ id, speed }) => recordings.speed(id, speed),
  }
}
