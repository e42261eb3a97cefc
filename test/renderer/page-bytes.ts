import {
  directions,
  PAGE_FRAME_BYTES,
  PAGE_HEADER_BYTES,
  PAGE_MAGIC,
  PAGE_ROW_BYTES,
  progressNames,
  type Progress,
} from '../../src-main/contract/index.js'

export interface RowBytes {
  seq: number
  time?: number
  direction?: 'in' | 'out'
  progress?: Progress
  ref?: number
  frames: (string | Uint8Array)[]
  /** True size of each frame, where the page holds only its head. */
  sizes?: number[]
}

/** A page as a journal writes it, from rows as a test thinks of them. */
export function pageBytes(rows: readonly RowBytes[]): Uint8Array<ArrayBuffer> {
  const frames = rows.flatMap((row) =>
    row.frames.map((frame, i) => {
      const bytes = typeof frame === 'string' ? new TextEncoder().encode(frame) : frame
      return { bytes, size: row.sizes?.[i] ?? bytes.length }
    }),
  )
  const tables = PAGE_HEADER_BYTES + rows.length * PAGE_ROW_BYTES + frames.length * PAGE_FRAME_BYTES
  const page = new Uint8Array(tables + frames.reduce((sum, { bytes }) => sum + bytes.length, 0))
  const view = new DataView(page.buffer)
  view.setUint32(0, PAGE_MAGIC, true)
  view.setUint32(4, rows.length, true)
  view.setFloat64(8, rows[0]?.seq ?? 0, true)
  view.setUint32(16, frames.length, true)
  let first = 0
  rows.forEach((row, i) => {
    const at = PAGE_HEADER_BYTES + i * PAGE_ROW_BYTES
    view.setFloat64(at, row.time ?? 0, true)
    view.setFloat64(at + 8, row.seq, true)
    view.setFloat64(at + 16, row.ref ?? 0, true)
    view.setUint32(at + 24, first, true)
    view.setUint32(at + 28, row.frames.length, true)
    view.setUint8(at + 36, directions.indexOf(row.direction ?? 'in'))
    view.setUint8(at + 37, progressNames.indexOf(row.progress ?? 'none'))
    first += row.frames.length
  })
  let offset = tables
  frames.forEach(({ bytes, size }, i) => {
    const at = PAGE_HEADER_BYTES + rows.length * PAGE_ROW_BYTES + i * PAGE_FRAME_BYTES
    view.setUint32(at, size, true)
    view.setUint32(at + 4, bytes.length, true)
    view.setUint32(at + 8, offset, true)
    page.set(bytes, offset)
    offset += bytes.length
  })
  return page
}
