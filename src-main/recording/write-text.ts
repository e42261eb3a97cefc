import type { PageRow, RecordedPart } from '../contract/index.js'
import { formatOf, type Names } from '../payload/formats.js'
import type { Disk } from './disk.js'
import type { FileJournal } from './file-journal.js'
import { RowPart } from './part.js'
import { Turns, type Work } from './turns.js'

/** Characters that are put together before they are handed to the disk. */
const PIECE = 256 * 1024
/** Rows that are looked at between two looks at the clock. */
const STRIDE = 32

/**
 * Writes a part of a recorded session as text, as the screen exports it, whatever its size.
 * @returns how many messages that were
 */
export async function writeText(
  format: 'jsonl' | 'csv',
  { journal, title, names }: { journal: FileJournal; title: string; names: Names },
  given: RecordedPart,
  disk: Disk,
  work: Work,
): Promise<number> {
  const part = new RowPart(journal, given)
  const writer = formatOf(format, title, names.sources)
  const turns = new Turns(disk, work)
  let text = writer.head
  let messages = 0
  const hand = () => {
    disk.write([Buffer.from(text)])
    text = ''
  }
  for (let seq = part.first; seq < part.end; seq++) {
    const slab = journal.slabOf(seq)
    if (slab !== undefined && part.wants(slab, seq - slab.firstSeq)) {
      text += writer.line(journal.row(seq) as PageRow, names)
      messages++
    }
    if (text.length > PIECE) hand()
    if (seq % STRIDE === 0 && turns.due) await turns.rest((seq - part.first) / (part.end - part.first))
  }
  hand()
  await disk.sync()
  if (disk.fault === undefined) await disk.close(disk.given, () => new Uint8Array())
  if (disk.fault !== undefined) throw disk.fault
  return messages
}
