import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { McapIndexedReader, McapStreamReader, type McapTypes } from '@mcap/core'
import * as v from 'valibot'
import { onTestFinished } from 'vitest'
import { RecordingSettingsSchema, type RecordingSettingsInput } from '../../src-main/contract/index.js'
import { codecReady, unpack } from '../../src-main/recording/codec.js'
import { Recording } from '../../src-main/recording/recording.js'
import type { SessionHost } from '../../src-main/recording/sources.js'

export { writeForeign } from './foreign.js'

/** A folder that is gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-recording-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A recording of the engine's sessions, not begun yet. @param changed called whenever it is no longer what it was */
export function recordingOf(
  engine: SessionHost,
  folder: string,
  settings: RecordingSettingsInput,
  changed: () => void = () => undefined,
): Recording {
  const checked = v.parse(RecordingSettingsSchema, settings)
  return new Recording('1', checked, { folder, name: 'take', version: 'test' }, engine, changed)
}

const decompressHandlers: McapTypes.DecompressHandlers = {
  zstd: (bytes, size) => unpack('zstd', bytes, Number(size)),
  lz4: (bytes, size) => unpack('lz4', bytes, Number(size)),
}

export interface Oracle {
  /** All messages in the order of their times, by the channel's topic. */
  messages: { topic: string; encoding: string; time: bigint; sequence: number; data: Uint8Array }[]
  reader: McapIndexedReader
}

/** What `@mcap/core` reads in a file, by its index. */
export async function readByOracle(path: string): Promise<Oracle> {
  await codecReady
  const bytes = readFileSync(path)
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: () => Promise.resolve(BigInt(bytes.byteLength)),
      read: (offset, length) =>
        Promise.resolve(new Uint8Array(bytes.subarray(Number(offset), Number(offset + length)))),
    },
    decompressHandlers,
  })
  const messages: Oracle['messages'] = []
  for await (const { channelId, logTime, sequence, data } of reader.readMessages()) {
    const channel = reader.channelsById.get(channelId)!
    messages.push({ topic: channel.topic, encoding: channel.messageEncoding, time: logTime, sequence, data })
  }
  return { messages, reader }
}

/** The same without the index, from the beginning to the end, checksums and all. */
export async function readThrough(path: string): Promise<McapTypes.TypedMcapRecord[]> {
  await codecReady
  const reader = new McapStreamReader({ decompressHandlers, validateCrcs: true })
  reader.append(readFileSync(path))
  const records: McapTypes.TypedMcapRecord[] = []
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) records.push(record)
  if (!reader.done()) throw new Error('the file has no end')
  return records
}

/** The frames of a message's data, read by the description that each file carries. */
export function framesIn(data: Uint8Array): Buffer[] {
  const bytes = Buffer.from(data)
  const frames: Buffer[] = []
  const count = bytes.readUInt32LE(24)
  const sizes = bytes.byteLength - count * 4
  let at = 28
  for (let f = 0; f < count; f++) {
    const size = bytes.readUInt32LE(sizes + f * 4)
    frames.push(bytes.subarray(at, at + size))
    at += size
  }
  if (at !== sizes) throw new Error(`${sizes - at} bytes behind the last frame`)
  return frames
}
