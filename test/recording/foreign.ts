import { writeFileSync } from 'node:fs'
import { McapWriter } from '@mcap/core'

/** A file by `@mcap/core`'s own writer, with messages that are not in the order of their times. */
export async function writeForeign(
  path: string,
  count = 4,
  compressChunk?: (bytes: Uint8Array) => { compression: string; compressedData: Uint8Array },
): Promise<void> {
  const parts: Uint8Array[] = []
  let size = 0
  const writer = new McapWriter({
    ...(compressChunk === undefined ? {} : { compressChunk }),
    writable: {
      position: () => BigInt(size),
      write: (bytes) => {
        parts.push(Uint8Array.from(bytes))
        size += bytes.byteLength
        return Promise.resolve()
      },
    },
  })
  await writer.start({ profile: '', library: 'elsewhere' })
  const ids = []
  for (const topic of ['/speed', '/pose'])
    ids.push(await writer.registerChannel({ topic, schemaId: 0, messageEncoding: 'json', metadata: new Map() }))
  for (let i = 0; i < count; i++) {
    // Each two in the middle of four change places.
    const n = i % 4 === 1 ? i + 1 : i % 4 === 2 ? i - 1 : i
    const time = 1_700_000_000_000_000_000n + BigInt(n) * 1_250_000n
    const data = Buffer.from(`{"v":${n}}`)
    await writer.addMessage({ channelId: ids[n % 2]!, sequence: n, logTime: time, publishTime: time, data })
  }
  await writer.end()
  writeFileSync(path, Buffer.concat(parts))
}
