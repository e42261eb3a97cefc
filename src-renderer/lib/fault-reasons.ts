import { m } from '../paraglide/messages.js'

/**
 * What the engine's parser may find wrong with an endpoint, by the English words that it says it in, and the same in the language
 * of the screen. First match wins. A test feeds the parser every kind of bad endpoint and holds this table to what it says.
 */
const reasons: readonly (readonly [RegExp, () => string])[] = [
  [/endpoint is missing/, m.reason_missing],
  [/means (bind|connect), but/, m.reason_prefix],
  [/control character/, m.reason_control],
  [/names no transport/, m.reason_no_transport],
  [/not a transport/, m.reason_transport],
  [/inproc/, m.reason_inproc],
  [/source address/, m.reason_source],
  [/port is missing/, m.reason_port_missing],
  [/host is missing/, m.reason_host_missing],
  [/cannot connect to port “\*”/, m.reason_star_port],
  [/cannot connect to “\*”/, m.reason_star_host],
  [/not an IPv6 address/, m.reason_ipv6],
  [/stands in brackets/, m.reason_brackets],
  [/not an IPv4 address/, m.reason_ipv4],
  [/not a host name/, m.reason_host],
  [/not a number from 1 to 65535/, m.reason_port],
  [/path of a socket file/, m.reason_path],
  [/the path is \d+ bytes long/, m.reason_path_long],
]

/** The reason in the language of the screen, or undefined where there are no words for it. */
export function endpointReason(what: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(what))?.[1]()
}

/** Likewise, what it may find wrong with a recording. */
const recording: readonly (readonly [RegExp, () => string])[] = [
  [/is empty/, m.reason_recording_empty],
  [/not an MCAP file/, m.reason_recording_kind],
  [/ends before/, m.reason_recording_short],
  [/no message/, m.reason_recording_none],
  [/lead astray/, m.reason_recording_astray],
  [/packed with/, m.reason_recording_packed],
  [/chunk/, m.reason_recording_chunk],
]
export function recordingReason(why: string): string | undefined {
  return recording.find(([pattern]) => pattern.test(why))?.[1]()
}
