import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Filter } from '../../src-main/contract/index.js'
import { JournalPool } from '../../src-main/engine/journal.js'
import { search, searchOn } from '../../src-main/engine/search.js'
import { compilePattern, requiredText } from '../../src-main/payload/pattern.js'
import { frames } from '../helpers/engine.js'

const seqsOf = (found: { seqs: Uint8Array }) => [...new Float64Array(found.seqs.slice().buffer)]

/** All matches, however many stretches it takes. */
function findAll(journal: Parameters<typeof search>[0], filter: Filter): number[] {
  const seqs: number[] = []
  let from = 1
  for (;;) {
    const found = search(journal, filter, from)
    seqs.push(...seqsOf(found))
    if (found.done) return seqs
    from = found.next
  }
}

describe('a search', () => {
  const journal = new JournalPool(64 * 1024 * 1024).open()
  journal.append('in', frames('vehicle/speed', '{"mps":13.5,"gear":"D"}'), { time: 100, source: 1 })
  journal.append('out', frames('Hello World'), { time: 200, source: 2 })
  journal.append('in', frames('vehicle/gear', '{"gear":"P"}'), { time: 300, source: 1 })
  journal.append('in', [Uint8Array.from([0xff, 0x41, 0x42])], { time: 400 })
  journal.append('in', frames('', 'x'.repeat(1000)), { time: 500 })

  it.each<[Filter, number[]]>([
    [{}, [1, 2, 3, 4, 5]],
    [{ direction: 'out' }, [2]],
    [{ source: 1 }, [1, 3]],
    [{ text: 'hello w' }, [2]],
    [{ text: 'ab' }, [4]],
    [{ regex: '^vehicle/(speed|gear)$' }, [1, 3]],
    [{ topic: 'vehicle/s' }, [1]],
    [{ topic: '' }, [1, 2, 3, 4, 5]],
    [{ minSize: 1000 }, [5]],
    [{ maxSize: 3 }, [4]],
    [{ since: 200, until: 300 }, [2, 3]],
    [{ json: { path: 'gear', is: 'exists', value: '' } }, [1, 3]],
    [{ json: { path: 'gear', is: '=', value: 'P' } }, [3]],
    [{ json: { path: 'mps', is: '>', value: '9' } }, [1]],
    [{ json: { path: 'mps', is: '<=', value: '13.5' } }, [1]],
    [{ source: 1, text: 'P' }, [1, 3]],
    [{ sources: [1, 2] }, [1, 2, 3]],
    [{ notSources: [1] }, [2, 4, 5]],
    [
      {
        topics: [
          { kind: 'text', name: 'vehicle/gear' },
          { kind: 'text', name: 'Hello' },
        ],
      },
      [2, 3],
    ],
    [{ topics: [{ kind: 'none', name: '' }] }, []],
    [
      {
        notTopics: [
          { kind: 'text', name: 'vehicle/gear' },
          { kind: 'text', name: '' },
        ],
      },
      [1, 2, 4],
    ],
    [{ json: { path: 'gear', is: '!=', value: 'P' } }, [1]],
    [{ regex: 'w[o0]rld' }, []],
    [{ regex: '(?i)w[o0]rld' }, [2]],
    [{ regex: 'gear|World' }, [1, 2, 3]],
    [{ source: 1, text: '"p"' }, [3]],
  ])('%o finds %o', (filter, wanted) => {
    expect(findAll(journal, filter)).toEqual(wanted)
  })

  const words = fc
    .array(fc.constantFrom('a', 'b', 'A', 'ab', 'é', '度', 'K', '\u212a', 's', ' ', '.', '\u{1f600}', '1'), {
      maxLength: 12,
    })
    .map((w) => w.join(''))

  it('finds texts in bytes as in characters, but for letters that turn into ASCII', () => {
    fc.assert(
      fc.property(words, words, (hay, needle) => {
        fc.pre(needle !== '' && !(hay + needle).includes('\u212a'))
        const one = new JournalPool(1024 * 1024).open()
        one.append('in', frames('xy', hay), { time: 1 })
        const wanted = hay.toLowerCase().includes(needle.toLowerCase()) ? [1] : []
        expect(findAll(one, { text: needle })).toEqual(wanted)
        one.close()
      }),
      { numRuns: 1000, seed: 1 },
    )
  })

  it('leaves no row out for what a pattern seems to require', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'k',
      'S',
      '.',
      '\\.',
      '\\d',
      '[ab]',
      '[^]a]',
      '(ab)?',
      '(a(b)|c)',
      'x*',
      'y+',
      'z{0,1}',
      '\\bk',
      '\\w',
      '1?',
    )
    fc.assert(
      fc.property(
        fc.constantFrom('', '(?i)'),
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        words,
        (flags, pieces, hay) => {
          const regex = flags + pieces.join('')
          const required = requiredText(regex).toLowerCase()
          if (compilePattern(regex).matcher(hay).find()) expect(hay.toLowerCase()).toContain(required)
        },
      ),
      { numRuns: 5000, seed: 2 },
    )
    const required = [
      'speed.*gear":4',
      '(?i)speed":14',
      'ab?c',
      '^hello$',
      'a|b',
      '\\x41bc',
      'a\\.b+c',
      '(abc)*de',
    ].map(requiredText)
    expect(required).toEqual(['gear":4', 'peed":14', 'a', 'hello', '', '', 'a.b', 'de'])
  })

  it('refuses a bad pattern and a bad path', () => {
    expect(() => search(journal, { regex: '(' }, 1)).toThrow(expect.objectContaining({ code: 'BAD_PATTERN' }) as Error)
    expect(() => search(journal, { json: { path: 'a[', is: 'exists', value: '' } }, 1)).toThrow(
      expect.objectContaining({ code: 'BAD_PATH' }) as Error,
    )
  })

  it('looks through 200,000 rows in stretches, misses none, and goes on with what came meanwhile', () => {
    const large = new JournalPool(512 * 1024 * 1024).open()
    const [plain] = frames('y'.repeat(50))
    const [needle] = frames('needle')
    for (let i = 1; i <= 200_000; i++) large.append('in', [i % 1000 === 0 ? needle! : plain!], { time: i })
    expect(findAll(large, { text: 'needle' })).toEqual(Array.from({ length: 200 }, (_, i) => (i + 1) * 1000))
    let first = search(large, { text: 'needle' }, 199_500)
    while (!first.done) first = search(large, { text: 'needle' }, first.next)
    expect(first.next).toBe(200_001)
    large.append('in', [needle!], { time: 1 })
    expect(seqsOf(search(large, { text: 'needle' }, first.next))).toEqual([200_001])
  })
})

describe('a search in stretches', () => {
  const journal = new JournalPool(64 * 1024 * 1024).open()
  for (let n = 1; n <= 200_000; n++) journal.append('in', frames(n % 1000 === 0 ? 'rare' : 'much'), { time: n })

  it.each<[Filter, number]>([
    [{ text: 'rare' }, 200],
    [{ text: 'much' }, 199_800],
    [{ text: 'none' }, 0],
    [{ regex: '^r.+e$' }, 200],
  ])('%o: what it finds is in order and whole, however many answers it takes', async (filter, count) => {
    const found: number[] = []
    for (let from = 1, done = false; !done;) {
      const answer = await searchOn(journal, filter, from)
      expect(answer.next).toBeGreaterThan(from)
      found.push(...seqsOf(answer))
      ;({ next: from, done } = answer)
    }
    expect(found).toHaveLength(count)
    expect(found.every((seq, i) => i === 0 || seq > found[i - 1]!)).toBe(true)
  })

  it('ends early when nobody wants to know any more', async () => {
    const stop = new AbortController()
    stop.abort()
    const answer = await searchOn(journal, { json: { path: 'a', is: '=', value: '1' } }, 1, stop.signal)
    expect(answer.next).toBeGreaterThan(1)
  })

  it('refuses what cannot be looked for', async () => {
    await expect(searchOn(journal, { regex: '(' }, 1)).rejects.toMatchObject({ code: 'BAD_PATTERN' })
  })
})
