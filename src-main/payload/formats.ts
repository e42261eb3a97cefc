import type { PageRow } from '../contract/index.js'
import { toBase64 } from './base64.js'
import { toHex } from './hex.js'
import { isoMicroseconds, writeRecord } from './record.js'
import { decodeText, isPrintable } from './text.js'

export const exportFormats = ['jsonl', 'csv', 'md'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** What the numbers in rows stand for. */
export interface Names {
  /** What a row's source is, and with that the name of its column; a client if left out. */
  readonly sources?: 'client' | 'station'
  client(source: number): string
  rule(number: number): string
}

interface Writer {
  readonly type: string
  readonly head: string
  /** A message, line end included. */
  line(row: PageRow, names: Names): string
}

export function formatOf(format: ExportFormat, title: string, sources: Names['sources'] = 'client'): Writer {
  switch (format) {
    case 'jsonl':
      return { type: 'application/jsonl', head: '', line: jsonLine }
    case 'csv':
      return { type: 'text/csv;charset=utf-8', head: csvHead(sources), line: csvLines }
    case 'md':
      return { type: 'text/markdown;charset=utf-8', head: `# ${inline(title)}\n\n`, line: markdown }
  }
}

/** As the command line's `--json` writes it, with what a talk knows besides. */
export function jsonLine(row: PageRow, names: Names): string {
  const record = { ...row, frames: row.frames.map(({ bytes }) => bytes) }
  return `${writeRecord(record, marks(row, names))}\n`
}

function marks({ ref, progress, source, rule, malformed }: PageRow, names: Names): object {
  return {
    answers: ref === 0 ? undefined : ref,
    progress: progress === 'none' ? undefined : progress,
    [names.sources ?? 'client']: names.client(source) || undefined,
    rule: rule === 0 ? undefined : names.rule(rule) || undefined,
    malformed: malformed || undefined,
  }
}

const csvHead = (sources: string): string =>
  `seq,time,direction,answers,progress,${sources},rule,frame,frames,bytes,encoding,payload\r\n`

/** RFC 4180, one line a frame. */
export function csvLines(row: PageRow, names: Names): string {
  const { seq, time, direction, ref, progress, source, rule, frames } = row
  const common = [
    seq,
    isoMicroseconds(time),
    direction,
    ref || '',
    progress === 'none' ? '' : progress,
    spared(names.client(source)),
    rule === 0 ? '' : spared(names.rule(rule)),
  ]
  return frames
    .map(({ bytes }, i) => {
      const [encoding, payload] = csvPayload(bytes)
      return `${[...common, i + 1, frames.length, bytes.length, encoding, payload].map(csvField).join(',')}\r\n`
    })
    .join('')
}

/** What a spreadsheet would run instead of show: it opens these files, and what is in them came from others. */
const formula = /^[=+\-@\t\r]/
const plainNumber = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/
const runs = (text: string): boolean => formula.test(text) && !plainNumber.test(text)

/** Text where it is safe to read back and to open; otherwise base64, so that the bytes stay exactly what they were. */
function csvPayload(bytes: Uint8Array): [encoding: string, payload: string] {
  const text = decodeText(bytes)
  // eslint-disable-next-line no-control-regex
  return text === undefined || runs(text) || /\u0000/.test(text) ? ['base64', toBase64(bytes)] : ['utf-8', text]
}
/** A name is a person's, not a peer's bytes: a quote in front does it no harm. */
const spared = (name: string): string => (runs(name) ? `'${name}` : name)

function csvField(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function markdown(row: PageRow, names: Names): string {
  const { seq, time, direction, ref, progress, source, rule, size, frames } = row
  const facts = [
    isoMicroseconds(time),
    `${size} B`,
    ref === 0 ? '' : `answers #${ref}`,
    progress === 'none' ? '' : progress,
    inline(names.client(source)),
    rule === 0 ? '' : `rule “${inline(names.rule(rule))}”`,
  ]
  return `## ${direction === 'out' ? '→' : '←'} #${seq}\n\n${facts.filter(Boolean).join(' · ')}\n\n${frames.map(({ bytes }) => fenced(bytes)).join('\n')}\n`
}

/** Text between fences longer than any in it; what is no text as hex. */
function fenced(bytes: Uint8Array): string {
  const text = decodeText(bytes)
  const shown = text !== undefined && isPrintable(text) ? text : toHex(bytes).replace(/..(?=.)/g, '$& ')
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${shown === text ? '' : 'hex'}\n${shown}\n${fence}\n`
}

const inline = (text: string): string =>
  text.replace(/[\\`*_[\]<>#|\n\r]/g, (char) => (/\s/.test(char) ? ' ' : `\\${char}`))
