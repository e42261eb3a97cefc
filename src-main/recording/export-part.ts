import { Fault, RECORDING_SUFFIX, type PartFormat, type RecordedPart } from '../contract/index.js'
import type { Session } from '../engine/session.js'
import type { Names } from '../payload/formats.js'
import { extract } from './extract.js'
import type { FileJournal } from './file-journal.js'
import type { RecordingFolder } from './folder.js'
import type { Work } from './turns.js'
import { writeText } from './write-text.js'

export interface Exported {
  readonly name: string
  readonly bytes: number
  readonly messages: number
}

export interface ExportWish {
  readonly format: PartFormat
  readonly part: RecordedPart
  /** Of the file, without its ending; left out: that of the recording, and that it is a part. */
  readonly name: string | undefined
}

/** Writes a part of a recorded session into a file of the folder. Throws Fault EMPTY_PART, RECORDING_CLOSED, the signal's reason, or what the disk says: then there is no file. */
export async function exportPart(
  session: Session,
  { format, part, name }: ExportWish,
  { folder, version }: { folder: RecordingFolder; version: string },
  work: Work,
): Promise<Exported> {
  const journal = session.rows as FileJournal
  const stem = journal.file.name.endsWith(RECORDING_SUFFIX)
    ? journal.file.name.slice(0, -RECORDING_SUFFIX.length)
    : journal.file.name
  const { name: file, disk } = await folder.make(name ?? `${stem.slice(0, 100)} part`, `.${format}`)
  try {
    const { role, name: title } = session.settings
    const refers = role === 'client' || role === 'server' || role === 'worker'
    const messages =
      format === 'mcap'
        ? await extract({ journal, label: session.recorded?.label ?? '', version, refers }, part, disk, work)
        : await writeText(format, { journal, title, names: namesOf(session) }, part, disk, work)
    work.signal?.throwIfAborted()
    if (messages === 0)
      throw new Fault('EMPTY_PART', 'No message of this recording is between these times and of these topics.')
    return { name: file, bytes: disk.written, messages }
  } catch (error) {
    await disk.discard()
    throw error
  } finally {
    folder.made(file)
  }
}

/** Which station something was heard from, where there are several; who a client was nobody knows any more. */
function namesOf({ settings }: Session): Names {
  const several = settings.role === 'subscriber' && settings.endpoints.length > 1
  return {
    sources: settings.role === 'subscriber' ? 'station' : 'client',
    client: (source) => (several ? (settings.endpoints[source]?.address ?? '') : source === 0 ? '' : String(source)),
    rule: (number) => String(number),
  }
}
