import type { FileJournal } from './file-journal.js'
import type { Turns } from './turns.js'

/**
 * How many messages fall into each of `columns` equal stretches of a recorded session's time. The index tells it of every chunk that is all in one column; of those across a border the times
 * are read, and there are hardly more of those than columns.
 */
export async function density(journal: FileJournal, columns: number, turns: Turns): Promise<number[]> {
  const counts = new Array<number>(columns).fill(0)
  const { first, last } = journal
  if (last < first) return counts
  const timeOf = (seq: number): number => {
    const slab = journal.slabOf(seq)
    return slab?.time(seq - slab.firstSeq) ?? 0
  }
  const from = timeOf(first)
  const length = timeOf(last) - from
  const columnOf = (time: number): number =>
    length <= 0 ? 0 : Math.min(Math.max(Math.floor(((time - from) / length) * columns), 0), columns - 1)
  for (const { stretch, first: begin, rows } of journal.stretches()) {
    if (turns.due) await turns.rest(begin / last)
    if (rows === 0) continue
    const column = columnOf(stretch.from)
    // Without a chunk around them nothing is known of their times.
    if (stretch.from > 0 && columnOf(stretch.to) === column) {
      counts[column]! += rows
      continue
    }
    const slab = journal.slabOf(begin)
    if (slab === undefined) continue
    for (let i = 0; i < slab.rows; i++) counts[columnOf(slab.time(i))]! += 1
  }
  return counts
}
