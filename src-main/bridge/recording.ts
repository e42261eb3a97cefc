import type { Events, recordingRequests } from '../contract/index.js'
import type { Recordings } from '../recording/recordings.js'
import type { Handlers } from './dispatch.js'

/** Who asks. */
export interface RecordingView {
  progress(how: Events['progress']): void
  /** Has something done when it goes; at once where it has gone already. */
  onGone(then: () => void): void
}

/** The handlers of the requests about recordings and replays. */
export function recordingHandlers(
  recordings: Recordings,
  view: RecordingView,
): Pick<Handlers, keyof typeof recordingRequests> {
  const { folder, uploads } = recordings
  const work = (task: string, signal: AbortSignal) => ({
    signal,
    ...(task === '' ? {} : { progress: (done: number) => view.progress({ task, done }) }),
  })
  return {
    'recording.list': () => recordings.show(),
    'recording.start': ({ settings }) => recordings.start(settings),
    'recording.stop': ({ id }) => recordings.stop(id),
    'recording.open': ({ name }) => recordings.open(name),
    'recording.remove': async ({ name }) => {
      await folder.remove(name)
      return undefined
    },
    'recording.restore': async ({ name }) => {
      await folder.restore(name)
      return undefined
    },
    'recording.rename': async ({ name, to }) => ({ name: await folder.rename(name, to) }),
    'recording.export': ({ id, format, part, name, task }, { signal }) =>
      recordings.export(id, format, part, name, work(task, signal)),
    'recording.upload': async ({ name, size }) => {
      const upload = await uploads.begin(name, size)
      // The file is read in this view: with it, what came of it goes.
      view.onGone(() => void uploads.abandon(upload))
      return { upload }
    },
    'recording.piece': ({ upload, bytes }) => uploads.piece(upload, bytes),
    'recording.abandon': async ({ upload }) => {
      await uploads.abandon(upload)
      return undefined
    },
    'recording.compare': ({ a, b, task }, { signal }) => recordings.compare(a, b, work(task, signal)),
    'recording.density': ({ id, columns }, { signal }) => recordings.density(id, columns, { signal }),
    'replay.start': ({ id, settings }) => recordings.replay(id, settings),
    'replay.steer': ({ id, to }) => recordings.steer(id, to),
    'replay.seek': ({ id, time }) => recordings.seek(id, time),
    'replay.speed': ({ id, speed }) => recordings.speed(id, speed),
  }
}
