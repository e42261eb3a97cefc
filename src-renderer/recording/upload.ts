import { Fault, MAX_UPLOAD_PIECE, RECORDING_SUFFIX } from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import { m } from '../paraglide/messages.js'

/** Bytes of the file that are read at a time: it is never in memory as a whole. */
const PIECE = Math.min(1024 * 1024, MAX_UPLOAD_PIECE)
/** Characters of a name that are kept, its ending aside. */
const NAME = 110

/** Whether a file is to be taken for a recording, by its name. */
export const isRecording = ({ name }: { readonly name: string }): boolean =>
  name.toLowerCase().endsWith(RECORDING_SUFFIX)

/** The name that a file gets: without anything that one of the systems does not take, or that leads to another folder. */
export function uploadName(name: string): string {
  const stem = name
    .slice(0, -RECORDING_SUFFIX.length)
    .replace(/[\\/:*?"<>|\p{C}]+/gu, '_')
    .replace(/^\.+/, '')
    .slice(0, NAME)
    .trim()
  return `${stem || 'recording'}${RECORDING_SUFFIX}`
}

/**
 * Hands a file over to the engine, piece by piece: the next is read when the last was written. @returns the name that it has now
 * Rejects with a Fault, and with CANCELLED when it is called off: then nothing of it is left there.
 */
export async function upload(
  caller: Caller,
  file: File,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<string> {
  if (!isRecording(file)) throw new Fault('NOT_RECORDING', m.recording_not_mcap({ name: file.name }))
  const { upload: id } = await caller.call('recording.upload', { name: uploadName(file.name), size: file.size })
  try {
    for (let at = 0; ; at += PIECE) {
      let bytes: Uint8Array<ArrayBuffer>
      try {
        bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer())
      } catch {
        throw new Fault('FILE_GONE', m.air_file_gone({ name: file.name }))
      }
      signal.throwIfAborted()
      const { name } = await caller.call('recording.piece', { upload: id, bytes })
      progress(Math.min(1, (at + PIECE) / file.size))
      if (name !== undefined) return name
      if (at + PIECE >= file.size) throw new Fault('FILE_GONE', m.air_file_gone({ name: file.name }))
    }
  } catch (error) {
    // With the line it is gone already.
    await caller.call('recording.abandon', { upload: id }).catch(() => undefined)
    throw error
  }
}
