import type { RecordingInfo, RecordingState } from '../../src-main/contract/index.js'
import { locale } from '../lib/i18n.svelte.js'
import { visibleLine } from '../lib/visible.js'
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

/** What it waits for: its time, or what pulls its trigger. '' while it waits for nothing. */
export function awaited({ state, settings }: RecordingInfo, now = Date.now()): string {
  if (state === 'scheduled')
    return m.recording_due({ time: new Date(due(settings, now)).toLocaleString(locale.current) })
  const on = state === 'armed' ? settings.trigger?.on : undefined
  if (on === undefined) return ''
  if (on.kind === 'gap') return m.record_trigger_gap()
  const { topic, text, regex, json } = on.filter
  if (json !== undefined)
    return `${m.record_pattern_json()}: ${[json.path, ...(json.is === 'exists' ? [] : [json.is, json.value])].join(' ')}`
  const [word, pattern = ''] =
    topic !== undefined
      ? [m.record_pattern_topic, topic]
      : regex !== undefined
        ? [m.record_pattern_regex, regex]
        : [m.record_pattern_text, text]
  return `${word()}: ${visibleLine(pattern)}`
}

/** When a recording begins for the first time, or again. */
function due({ at = 0, every = 0 }: RecordingInfo['settings'], now: number): number {
  return at > now || every === 0 ? at : at + Math.ceil((now - at) / (every * 1000)) * every * 1000
}

/** `0:42`, `1:05:09` */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`
}
