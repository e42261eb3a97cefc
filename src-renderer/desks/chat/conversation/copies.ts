import type { PageRow } from '../../../../src-main/contract/index.js'
import { decodeText, decodeTextLossy, toBase64, toHex } from '../../../../src-main/payload/index.js'
import { writeRecord } from '../../../../src-main/payload/record.js'

/** How a message can be copied. JSON holds the whole message, as the command line's `--json` writes it; the others its frames, one after the other. */
export const copies = ['text', 'hex', 'base64', 'json'] as const
export type Copy = (typeof copies)[number]

export function copyOf(row: PageRow, how: Copy): string {
  const frames = row.frames.map(({ bytes }) => bytes)
  switch (how) {
    case 'text':
      return frames.map((bytes) => decodeText(bytes) ?? decodeTextLossy(bytes)).join('\n')
    case 'hex':
      return frames.map(toHex).join('\n')
    case 'base64':
      return frames.map(toBase64).join('\n')
    case 'json':
      return writeRecord({ ...row, frames })
  }
}
