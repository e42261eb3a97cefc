import { describe, expect, test } from 'vitest'
import type { LinkEvent, PageRow } from '../../src-main/contract/index.js'
import { readRecord } from '../../src-main/cli/record.js'
import './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { Finder } = await import('../../src-renderer/state/finder.svelte.js')
const { csvLines, formatOf, jsonLine, markdown } = await import('../../src-main/payload/formats.js')
const { copyOf } = await import('../../src-renderer/desks/chat/conversation/copies.js')
const { marked } = await import('../../src-renderer/desks/chat/conversation/marked.js')
const { notesBetween, notesOf } = await import('../../src-renderer/desks/chat/conversation/notes.js')
const { talkFrame } = await import('../../src-renderer/desks/chat/conversation/talk-rows.js')
const { grown } = await import('../../src-renderer/state/session.svelte.js')

const bytes = (text: string) => new TextEncoder().encode(text)
const names = { client: (source: number) => (source === 0 ? '' : `client ${source}`), rule: (n: number) => `rule ${n}` }
function row(frames: Uint8Array[], more: Partial<PageRow> = {}): PageRow {
  return {
    seq: 7,
    time: 1767225600000.001,
    direction: 'in',
    progress: 'none',
    malformed: false,
    rule: 0,
    source: 0,
    ref: 0,
    size: frames.reduce((sum, { length }) => sum + length, 0),
    frames: frames.map((frame) => ({ size: frame.length, bytes: frame })),
    ...more,
  }
}

describe('an exported message', () => {
  const hostile = [bytes('=cmd|x'), Uint8Array.from([0xff, 0, 1]), bytes('a "quoted",\r\nline'), bytes('')]

  test('as JSON Lines is what the command line reads, byte for byte, and says what it answers', () => {
    const line = jsonLine(row(hostile, { ref: 3, source: 2, rule: 1 }), names)
    expect(readRecord(line)).toEqual(hostile)
    expect(JSON.parse(line)).toMatchObject({ seq: 7, direction: 'in', answers: 3, client: 'client 2', rule: 'rule 1' })
    expect(line.match(/\n/g)).toHaveLength(1)
  })

  test('as CSV comes back byte for byte, and holds nothing that a spreadsheet would run', () => {
    const text = csvLines(row(hostile), names)
    const records = parseCsv(text)
    expect(records).toHaveLength(4)
    expect(records.map((fields) => fields.slice(7, 10))).toEqual([
      ['1', '4', '6'],
      ['2', '4', '3'],
      ['3', '4', '17'],
      ['4', '4', '0'],
    ])
    expect(
      records.map(([, , , , , , , , , , encoding, payload]) =>
        encoding === 'base64' ? Uint8Array.from(Buffer.from(payload ?? '', 'base64')) : bytes(payload ?? ''),
      ),
    ).toEqual(hostile)
    for (const field of records.flat()) expect(field).not.toMatch(/^[=@]/)
    expect(formatOf('csv', 'x').head.split(',')).toHaveLength(records[0]?.length ?? 0)
    expect(formatOf('csv', 'x').head.split(',')[5]).toBe('client')
    expect(formatOf('csv', 'x', 'station').head.split(',')[5]).toBe('station')
    expect(JSON.parse(jsonLine(row(hostile, { source: 1 }), { ...names, sources: 'station' }))).toMatchObject({
      station: 'client 1',
    })
    expect(parseCsv(csvLines(row([bytes('-12.5')]), names))[0]?.slice(-2)).toEqual(['utf-8', '-12.5'])
  })

  test('as Markdown stays within its fence', () => {
    const text = markdown(row([bytes('```\n# not a heading\n````')], { direction: 'out' }), names)
    expect(text).toContain('`````\n```\n# not a heading\n````\n`````')
    expect(markdown(row([Uint8Array.from([0xff])]), names)).toContain('```hex\nff\n```')
    expect(formatOf('md', 'a *name* # here').head).toBe('# a \\*name\\* \\# here\n\n')
  })

  test('is copied frame by frame, or whole as JSON', () => {
    const message = row([bytes('one'), Uint8Array.from([255])])
    expect(copyOf(message, 'hex')).toBe('6f6e65\nff')
    expect(copyOf(message, 'base64')).toBe('b25l\n/w==')
    expect(copyOf(message, 'text')).toBe('one\n\ufffd')
    expect(readRecord(copyOf(message, 'json'))).toEqual([bytes('one'), Uint8Array.from([255])])
  })
})

describe('a frame in a bubble', () => {
  test('is text of several lines, made visible, cut where it is long', () => {
    expect(talkFrame({ size: 5, bytes: bytes('a\n\u202eb') })).toMatchObject({ text: 'a\n⟨U+202E⟩b', hex: false })
    const long = bytes('😀'.repeat(500))
    const shown = talkFrame({ size: long.length, bytes: long })
    expect(shown.cut).toBe(true)
    expect(shown.text).toMatch(/^(😀)+$/u)
    expect(talkFrame({ size: 40, bytes: bytes('x\n'.repeat(20)) }).text.split('\n')).toHaveLength(12)
    // A head that ends within a character is not taken for binary.
    expect(talkFrame({ size: 100, bytes: bytes('é€').subarray(0, 4) })).toMatchObject({ text: 'é', cut: true })
    expect(talkFrame({ size: 2, bytes: Uint8Array.from([0, 255]) })).toMatchObject({ text: '00 ff', hex: true })
  })

  test('shows where it says what is looked for, whatever the case', () => {
    expect(marked('Go, go!', 'go').filter(({ hit }) => hit)).toHaveLength(2)
    expect(marked('a<b>', 'b').map(({ text }) => text)).toEqual(['a<', 'b', '>'])
    expect(marked('İstanbul', 'stan')).toHaveLength(1)
    expect(marked('x', '')).toEqual([{ text: 'x', hit: false }])
  })
})

describe('the notes of a link', () => {
  const { settings } = info('c', 'client')
  const at = (time: number, kind: LinkEvent['kind'], count = 1): LinkEvent => ({
    seq: time,
    time,
    kind,
    address: 'tcp://127.0.0.1:5555',
    count,
    detail: '',
  })

  test('tell an outage in two sentences, however many refusals it had', () => {
    const notes = notesOf(
      [at(1, 'connecting'), at(2, 'up'), at(1000, 'lost'), at(3000, 'refused', 57), at(13100, 'up')],
      settings,
    )
    expect(notes.map(({ tone, words }) => [tone, words.slice(9)])).toEqual([
      ['plain', 'connected'],
      ['bad', 'the server is gone (connection closed) · trying again every 200 ms'],
      ['ok', 'the server is back after 12.1 s · going on'],
    ])
    expect(notesBetween(notes, 2, 1000)).toHaveLength(1)
    expect(notesBetween(notes, -Infinity, 1)).toHaveLength(0)
    expect(notesBetween(notes, 1000, Infinity)).toHaveLength(1)
  })

  test('say that nobody is there yet once, with how often it was tried', () => {
    const notes = notesOf([at(1, 'refused', 2), at(5, 'connecting'), at(9, 'refused', 12)], settings)
    expect(notes).toHaveLength(1)
    expect(notes[0]?.words).toContain('12')
  })

  test('a line that grew takes the place of its older self', () => {
    const lines = [at(1, 'lost'), at(2, 'refused', 1)]
    expect(grown(lines, [at(5, 'refused', 4)]).map(({ seq }) => seq)).toEqual([1, 5])
    // Not of one that is another story: in between it was up.
    const again = [...lines, at(3, 'up')]
    expect(grown(again, [at(5, 'refused', 2)]).map(({ seq }) => seq)).toEqual([1, 2, 3, 5])
  })
})

describe('finding rows', () => {
  const found = (seqs: number[], next: number, done: boolean) => ({
    seqs: new Uint8Array(Float64Array.from(seqs).buffer),
    next,
    done,
  })

  test('goes on slice by slice, and later from where it was', async () => {
    const slices = [found([2, 4], 5, false), found([5, 9], 10, true), found([12], 13, true)]
    const caller = new FakeCaller({ 'session.search': () => slices.shift() })
    const finder = new Finder(caller, 's', { text: 'x' })
    await finder.look(9)
    expect([finder.length, finder.done]).toEqual([4, true])
    await finder.look(9)
    expect(caller.asked('session.search')).toHaveLength(2)
    await finder.look(12)
    expect(caller.asked('session.search').at(-1)).toMatchObject({ from: 10 })
    expect([finder.at(4), finder.indexAt(5), finder.indexAt(6), finder.has(9), finder.has(6)]).toEqual([
      12,
      2,
      3,
      true,
      false,
    ])
    expect(finder.drop(5)).toBe(2)
    expect([finder.length, finder.at(0)]).toEqual([3, 5])
  })

  test('says what is wrong with a pattern, once', async () => {
    const { Fault } = await import('../../src-main/contract/index.js')
    const caller = new FakeCaller({
      'session.search': () => {
        throw new Fault('BAD_PATTERN', 'missing closing )')
      },
    })
    const finder = new Finder(caller, 's', { regex: '(' })
    await finder.look(9)
    await finder.look(9)
    expect(finder.fault?.code).toBe('BAD_PATTERN')
    expect(caller.calls).toHaveLength(1)
  })
})

/** RFC 4180, as far as the writer uses it. */
function parseCsv(text: string): string[][] {
  const records: string[][] = []
  let fields: string[] = []
  const field = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/gy
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    const [, value = '', end] = match
    fields.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value)
    if (end === ',') continue
    records.push(fields)
    fields = []
  }
  return records
}
