import type { RecordingInfo, RecordingState } from '../../src-main/contract/index.js'
import { m } from '../paraglide/messages.js'
import type { Tone } from '../parts/link-summary.js'

const states: Readonly<Record<RecordingState, { words: () => string; tone: Tone }>> = {
  scheduled: { words: m.recording_scheduled, tone: 'wait' },
  armed: { words: m.recording_armed, tone: 'wait' },
  recording: { words: m.recording_recording, tone: 'ok' },
  stopping: { words: m.recording_stopping, tone: 'wait' },
  stopped: { words: m.recording_stopped, tone: 'off' },
  failed: { words: m.recording_failed, tone: 'bad' },
}

/** The state of a recording as word and colour. What the disk cannot keep up with is said before all else. */
export function recordingState({ state, slow }: RecordingInfo): { words: string; tone: Tone } {
  if (state === 'recording' && slow) return { words: m.recording_slow(), tone: 'wait' }
  const { words, tone } = states[state]
  return { words: words(), tone }
}

/** `0:42`, `1:05:09` */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`
}
