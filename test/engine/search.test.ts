import { describe, expect, it } from 'vitest'
import type { Filter } from '../../src-main/contract/index.js'
import { JournalPool } from '../../src-main/engine/journal.js'
import { search } from '../../src-main/engine/search.js'
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
    [{ source: 1, text: '"p"' }, [3]],
  ])('%o finds %o', (filter, wanted) => {
    expect(findAll(journal, filter)).toEqual(wanted)
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
    const first = search(large, { text: 'needle' }, 199_500)
    expect(first).toMatchObject({ done: true, next: 200_001 })
    large.append('in', [needle!], { time: 1 })
    expect(seqsOf(search(large, { text: 'needle' }, first.next))).toEqual([200_001])
  })
})
