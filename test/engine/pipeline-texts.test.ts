import { describe, expect, it } from 'vitest'
import type { WorkFormat } from '../../src-main/contract/index.js'
import { contentKey, Contents } from '../../src-main/engine/pipeline/contents.js'
import { sampler } from '../../src-main/engine/pipeline/cost.js'
import { Handed } from '../../src-main/engine/pipeline/redo.js'
import { Texts } from '../../src-main/engine/pipeline/texts.js'

/** Tasks of a text that comes in these pieces. */
function read(format: WorkFormat, pieces: readonly string[]) {
  const texts = new Texts(format)
  const tasks = pieces.flatMap((piece, i) => [...texts.read(piece, i === pieces.length - 1)])
  return { tasks, unreadable: texts.unreadable, line: texts.fault?.detail?.['line'] }
}

const samples: [WorkFormat, string, object][] = [
  ['lines', '\ufeffa\r\n\r\n  b \nc', { tasks: ['a', '  b ', 'c'], unreadable: 0 }],
  ['jsonl', '{"a":1}\n\nnope\n"x"\n', { tasks: ['{"a":1}', '"x"'], unreadable: 1, line: 3 }],
  [
    'csv',
    'a,"b ""c"""\n1,"two\nlines, and a comma"\r\n\n"",007\ntoo,many,fields\n1e3,-0.5\n',
    {
      tasks: [
        '{"a":1,"b \\"c\\"":"two\\nlines, and a comma"}',
        '{"a":"","b \\"c\\"":"007"}',
        '{"a":"1e3","b \\"c\\"":-0.5}',
      ],
      unreadable: 1,
      line: 6,
    },
  ],
  ['csv', 'a,b\n1,"never closed\n2,3\n', { tasks: ['{"a":1,"b":"never closed"}', '{"a":2,"b":3}'], unreadable: 0 }],
]

describe('text that becomes tasks', () => {
  it.each(samples)('%s: the same wherever it is cut in two', (format, text, wanted) => {
    for (let at = 0; at <= text.length; at++)
      expect(read(format, [text.slice(0, at), text.slice(at)]), `cut at ${at}`).toMatchObject(wanted)
    expect(read(format, [...text, ''])).toMatchObject(wanted)
  })

  it('leaves a line out that never ends, and goes on with the next', () => {
    const piece = 'x'.repeat(1024 * 1024)
    const long = Array.from({ length: 20 }, () => piece)
    expect(read('lines', ['a\n', ...long, '\nb\n', ''])).toEqual({ tasks: ['a', 'b'], unreadable: 1, line: 2 })
  })
})

describe('tasks by their content', () => {
  it('are given once each, in their order, and the last one again', () => {
    const contents = new Contents()
    const key = (n: number) => contentKey([Buffer.from(`content ${n % 5000}`)])
    for (let task = 1; task <= 15_000; task++) contents.add(key(task), task)
    expect(contents.same).toBe(10_000)
    for (const take of [(k: number) => contents.start(k), (k: number) => contents.collect(k)]) {
      for (let task = 1; task <= 15_000; task++) expect(take(key(task))).toBe(task)
      expect(take(key(7))).toBe(10_007)
    }
    expect(contents.start(contentKey([Buffer.from('another')]))).toBe(0)
    expect(contentKey([Buffer.from('a'), Buffer.from('b')])).not.toBe(contentKey([Buffer.from('ab')]))
  })
})

describe('what is to be redone', () => {
  it('comes out in the order in which it went in, however much that is', () => {
    const handed = new Handed()
    let out = 0
    for (let task = 1; task <= 20_000; task++) {
      handed.push(task, task * 2)
      if (task % 3 > 0) continue
      expect(handed.first).toBe((out + 1) * 2)
      expect(handed.shift()).toBe(++out)
    }
    while (handed.length > 0) expect(handed.shift()).toBe(++out)
    expect(out).toBe(20_000)
  })
})

describe('a distribution', () => {
  it.each([
    [{ kind: 'fixed', ms: 3 }, 3, 3],
    [{ kind: 'uniform', min: 2, max: 5 }, 2, 5],
    [{ kind: 'exponential', mean: 4 }, 0, 3_600_000],
    [{ kind: 'heavy', min: 1, shape: 1.2, max: 50 }, 1, 50],
  ] as const)('stays within its bounds: %o', (distribution, least, most) => {
    const draw = sampler(distribution)
    for (let i = 0; i < 2000; i++) {
      const ms = draw()
      expect(ms).toBeGreaterThanOrEqual(least)
      expect(ms).toBeLessThanOrEqual(most)
    }
  })
})
