import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { PROFILE_VERSION, ProfileSchema, type Profile } from '../../src-main/contract/index.js'
import { additions, readWorkspace, writeWorkspace } from '../../src-main/store/workspace.js'
import { settingsOf } from '../helpers/engine.js'

const profile = (more: object = {}): Profile => v.parse(ProfileSchema, { version: PROFILE_VERSION, ...more })
const rule = { id: 'r', match: { kind: 'contains', text: 'a' }, answer: { kind: 'echo' } }
const message = (id: string, name: string, key = 0) => ({
  id,
  name,
  folder: '',
  format: 'text',
  frames: [name],
  values: {},
  key,
})
const full = () =>
  profile({
    rules: [{ id: 's1', name: 'set', rules: [rule] }],
    library: [message('m1', 'hello', 3)],
    presets: [{ id: 'p1', name: 'car', endpoints: [{ method: 'connect', address: 'tcp://127.0.0.1:1' }] }],
    layout: { desk: 'radio' },
    drafts: { secret: 'not in the file' },
  })

describe('a workspace file', () => {
  const sessions = [
    settingsOf('sink', 'tcp://127.0.0.1:*', { name: 'results' }),
    settingsOf('worker', 'tcp://10.0.0.7:1', { forward: [{ method: 'connect', address: 'ipc:///tmp/x' }] }),
  ]

  test('comes back as it was written, and holds no drafts', () => {
    const text = writeWorkspace(full(), sessions)
    expect(text).not.toContain('not in the file')
    const read = readWorkspace(text)
    expect(read.sessions).toEqual(sessions)
    expect(read).toMatchObject({
      rules: full().rules,
      library: full().library,
      presets: full().presets,
      layout: { desk: 'radio' },
    })
    expect(writeWorkspace(profile(read), read.sessions)).toBe(text)
  })

  test('of an older version is brought up to this one', () => {
    const old = { kind: 'socketeer-workspace', version: 1, sessions, rules: [{ any: 'thing' }], presets: [1] }
    expect(readWorkspace(JSON.stringify(old))).toMatchObject({
      version: PROFILE_VERSION,
      rules: [],
      presets: [],
      sessions,
    })
  })

  test.each([
    ['', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['{}', 'does not say that it is one'],
    ['{"kind":"socketeer-rules","version":1}', 'does not say that it is one'],
    ['{"kind":"socketeer-workspace"}', 'does not say its version'],
    ['{"kind":"socketeer-workspace","version":999}', 'from a newer Socketeer'],
    [
      `{"kind":"socketeer-workspace","version":${PROFILE_VERSION},"sessions":[{"role":"king"}]}`,
      'sessions.0.role is not what it should be',
    ],
    [
      `{"kind":"socketeer-workspace","version":${PROFILE_VERSION},"sessions":[{"role":"sink","endpoints":[]}]}`,
      'sessions.0.endpoints is not',
    ],
  ])('that is broken is refused in one sentence: %s', (text, why) => {
    expect(() => readWorkspace(text)).toThrow(expect.objectContaining({ code: 'BAD_WORKSPACE' }))
    expect(() => readWorkspace(text)).toThrow(why)
    expect(() => readWorkspace(text)).toThrow(/^This is no workspace that Socketeer can open: .*\.$/)
  })

  test('cut off anywhere is refused, and never half read', () => {
    const text = writeWorkspace(full(), sessions).trimEnd()
    for (let end = 0; end < text.length; end += 7)
      expect(() => readWorkspace(text.slice(0, end))).toThrow(/no workspace/)
  })
})

describe('what it adds', () => {
  const workspace = () => readWorkspace(writeWorkspace(full(), []))

  test('to an empty profile is everything; to its own, nothing', () => {
    const { rules, library, presets } = full()
    expect(additions(profile(), workspace())).toEqual({ rules, library, presets })
    expect(additions(full(), workspace())).toEqual({ rules, library, presets })
  })

  test('never writes over what is there: another name, another id, no second owner of a digit', () => {
    const here = full()
    const other = profile({
      rules: [{ id: 's1', name: 'set', rules: [] }],
      library: [message('m1', 'other', 3)],
      presets: [{ id: 'p1', name: 'car', endpoints: [{ method: 'connect', address: 'tcp://127.0.0.1:2' }] }],
    })
    const added = additions(here, readWorkspace(writeWorkspace(other, [])))
    expect(added.rules?.map(({ name }) => name)).toEqual(['set', 'set (2)'])
    expect(added.presets?.map(({ id, name }) => [id, name])).toEqual([
      ['p1', 'car'],
      ['p1-2', 'car (2)'],
    ])
    expect(added.library?.map(({ id, key }) => [id, key])).toEqual([
      ['m1', 3],
      ['m1-2', 0],
    ])
  })
})
