import './browser-things.js'
import fc from 'fast-check'
import * as v from 'valibot'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  Fault,
  MAX_LIBRARY,
  PROFILE_VERSION,
  ProfileSchema,
  type LibraryMessage,
  type Profile,
} from '../../src-main/contract/index.js'
import { Library, type NewMessage } from '../../src-renderer/state/library.svelte.js'
import { readLibraryFile, writeLibraryFile } from '../../src-renderer/state/library-file.js'
import { fillVariables, variablesOf } from '../../src-renderer/lib/variables.js'
import { Composer } from '../../src-renderer/parts/composer.svelte.js'
import { LibraryPanel } from '../../src-renderer/parts/library/library-panel.svelte.js'
import { ProfileState } from '../../src-renderer/state/profile.svelte.js'
import { FakeCaller } from './fake-caller.js'

const message = (name: string, more: Partial<NewMessage> = {}): NewMessage => ({
  name,
  folder: '',
  format: 'text',
  frames: [name],
  values: {},
  key: 0,
  ...more,
})
const profile = (more: object = {}): Profile => v.parse(ProfileSchema, { version: PROFILE_VERSION, ...more })
const file = (text: string, name = 'x.json') => ({ name, size: text.length, text: () => Promise.resolve(text) })

describe('the profile', () => {
  it('loads documents from before there was a library, and fills in what is left out', () => {
    expect(profile().library).toEqual([])
    expect(profile({ library: [] }).library).toEqual([])
    expect(profile({ library: [{ id: 'a', name: 'n', frames: [''] }] }).library).toEqual([
      { id: 'a', ...message('n', { frames: [''] }) },
    ])
  })
  it('keeps what is added, and takes what another window added', async () => {
    const caller = new FakeCaller({ 'profile.update': () => profile() })
    const state = new ProfileState(caller)
    state.take(profile())
    const { id } = state.library.add(message('ping'))
    await expect
      .poll(() => caller.asked('profile.update'))
      .toContainEqual({ patch: { library: [{ id, ...message('ping') }] } })
    // Once what was added is there for all, the engine's word counts again.
    const theirs = profile({ library: [{ id: 'b', name: 'theirs', frames: ['x'] }] })
    await expect.poll(() => (state.take(theirs), state.library.messages.map(({ name }) => name))).toEqual(['theirs'])
  })
})

describe('a library', () => {
  let saved: readonly LibraryMessage[] = []
  let library: Library
  beforeEach(() => {
    saved = []
    library = new Library((messages) => (saved = messages))
  })

  it('groups by folder and finds by name, folder and text', () => {
    library.add(message('Step 10', { folder: 'drive' }))
    library.add(message('step 2', { folder: 'drive', frames: ['{"go": 1}'] }))
    library.add(message('ping'))
    expect(library.grouped('').map(({ folder, messages }) => [folder, messages.map(({ name }) => name)])).toEqual([
      ['', ['ping']],
      ['drive', ['step 2', 'Step 10']],
    ])
    expect(library.grouped(' GO').flatMap(({ messages }) => messages.map(({ name }) => name))).toEqual(['step 2'])
    expect(library.grouped('DRIVE')).toHaveLength(1)
    expect(library.grouped('nothing')).toEqual([])
    expect(library.folders).toEqual(['drive'])
  })

  it('brings back what was deleted, where it was', () => {
    const [a, b] = [library.add(message('a', { key: 1 })), library.add(message('b'))]
    library.remove(a.id)
    expect(saved.map(({ name }) => name)).toEqual(['b'])
    library.replace(b.id, message('b', { key: 1 }))
    library.undo()
    expect(saved.map(({ name, key }) => [name, key])).toEqual([
      ['a', 0],
      ['b', 1],
    ])
    expect(library.deleted).toBeUndefined()
    library.undo()
    expect(saved).toHaveLength(2)
  })

  it('gives a shortcut to one message only', () => {
    const a = library.add(message('a', { key: 3 }))
    const b = library.add(message('b', { key: 3 }))
    expect(library.byKey(3)?.id).toBe(b.id)
    library.replace(a.id, message('a', { key: 3 }))
    expect(library.byKey(3)?.id).toBe(a.id)
    expect(library.byKey(0)).toBeUndefined()
  })

  it('refuses to grow beyond its bounds, and stays as it was', () => {
    library.take(Array.from({ length: MAX_LIBRARY }, (_, i) => ({ id: String(i), ...message(String(i)) })))
    expect(() => library.add(message('more'))).toThrow(Fault)
    expect(library.messages).toHaveLength(MAX_LIBRARY)
    library.take([])
    expect(() => library.add(message('big', { frames: ['x'.repeat(9_000_000)] }))).toThrow(/8 MB/)
  })

  it('comes back from its file as it went in, and only once', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(text, { maxLength: 8 }),
        fc.array(text, { minLength: 1, maxLength: 3 }),
        async (names, frames) => {
          library.take(
            names.map((name, i) => ({
              id: name,
              ...message(name, { folder: 'f', frames, key: i === 0 ? 4 : 0, values: { a: '1' } }),
            })),
          )
          const exported = library.export()
          const other = new Library(() => undefined)
          expect(await other.import(file(exported))).toEqual({ added: names.length, known: 0 })
          expect(other.messages.map(({ id: _, ...rest }) => rest)).toEqual(
            library.messages.map(({ id: _, ...rest }) => rest),
          )
          expect(await other.import(file(exported))).toEqual({ added: 0, known: names.length })
        },
      ),
    )
  })

  it.each([
    ['{', /x\.json cannot be read\. .*character 2/],
    ['[]', /not a message library/],
    ['{"kind":"socketeer-rules"}', /not a message library/],
    ['{"kind":"socketeer-library","version":2,"messages":[]}', /version 2, from a newer Socketeer/],
    ['{"kind":"socketeer-library","version":1}', /x\.json: messages is missing/],
    [
      '{"kind":"socketeer-library","version":1,"messages":[{"name":"a","frames":["x"]},{"name":"b","frames":[7]}]}',
      /messages\[2\]\.frames\[1\]: expected string, found 7/,
    ],
    ['{"kind":"socketeer-library","version":1,"messages":[{"name":"","frames":["x"]}]}', /messages\[1\]\.name/],
  ])('says in one sentence what is wrong with %s', async (text, sentence) => {
    library.add(message('mine'))
    await expect(library.import(file(text))).rejects.toMatchObject({
      code: 'BAD_LIBRARY_FILE',
      message: expect.stringMatching(sentence) as string,
    })
    expect(library.messages).toHaveLength(1)
  })

  it('says so of a file that is too large without reading it', async () => {
    const large = { name: 'big.json', size: 5_000_000, text: () => Promise.reject(new Error('was read')) }
    await expect(library.import(large)).rejects.toMatchObject({ code: 'BAD_LIBRARY_FILE' })
  })

  it('leaves shortcuts with those that have them here', async () => {
    library.add(message('mine', { key: 1 }))
    await library.import(file(writeLibraryFile([{ id: 'z', ...message('theirs', { key: 1 }) }])))
    expect(library.byKey(1)?.name).toBe('mine')
    expect(readLibraryFile('f', library.export()).map(({ key }) => key)).toEqual([1, 0])
  })
})

describe('variables', () => {
  it('are found once each and filled as given', () => {
    const frames = ['{{topic}}', '{"id": {{ id }}, "t": "{{topic}}", "x": {{1}}, "价": {{价格}}}']
    expect(variablesOf(frames)).toEqual(['topic', 'id', '价格'])
    expect(fillVariables(frames, { topic: '$& {{id}}', id: '7' })).toEqual([
      '$& {{id}}',
      '{"id": 7, "t": "$& {{id}}", "x": {{1}}, "价": {{价格}}}',
    ])
    expect(fillVariables(['{{constructor}}'], {})).toEqual(['{{constructor}}'])
  })
})

describe('a panel', () => {
  const open = () => {
    const caller = new FakeCaller({ 'profile.update': () => profile() })
    const state = new ProfileState(caller)
    const composer = new Composer(state, `test ${Math.random()}`)
    const sent: string[][] = []
    const panel = new LibraryPanel(composer, (draft) =>
      composer.sendOther(draft, async (frames) => {
        sent.push(frames.map((frame) => new TextDecoder().decode(frame)))
      }),
    )
    return { state, composer, panel, sent }
  }

  it('sends with a press, and leaves alone what is being written', async () => {
    const { state, composer, panel, sent } = open()
    composer.type(0, 'half a thought')
    await panel.use(state.library.add(message('ping')), 'send')
    expect(sent).toEqual([['ping']])
    expect(composer.frames).toEqual(['half a thought'])
    expect(panel.said).toContain('ping')
  })

  it('puts into the composer, from which ↑ leads back to what was written', async () => {
    const { state, composer, panel } = open()
    composer.type(0, 'half a thought')
    panel.show()
    await panel.use(state.library.add(message('two', { format: 'json', frames: ['1', '{}'] })), 'put')
    expect([composer.format, composer.frames, panel.open]).toEqual(['json', ['1', '{}'], false])
    composer.recall(-1)
    expect(composer.frames).toEqual(['half a thought'])
  })

  it('asks for variables, remembers what was given, and says what is wrong with the outcome', async () => {
    const { state, panel, sent } = open()
    const { id } = state.library.add(message('set', { format: 'json', frames: ['{"v": {{value}}}'], key: 2 }))
    expect(panel.useKey(9)).toBe(false)
    expect(panel.useKey(2)).toBe(true)
    expect([panel.open, panel.page.at, panel.values]).toEqual([true, 'ask', { value: '' }])
    panel.values['value'] = 'x'
    await panel.useFilled()
    expect(panel.fault?.code).toBe('BAD_PAYLOAD')
    expect(panel.page.at).toBe('ask')
    panel.values['value'] = '12345678901234567890'
    await panel.useFilled()
    expect(sent).toEqual([['{"v": 12345678901234567890}']])
    expect(panel.page.at).toBe('list')
    expect(state.library.messages.find((m) => m.id === id)?.values).toEqual({ value: '12345678901234567890' })
  })

  it('keeps what is written under a name', () => {
    const { state, composer, panel } = open()
    composer.type(0, 'hello')
    panel.keep()
    panel.draft.name = ' greeting '
    panel.save()
    expect(state.library.messages).toMatchObject([{ name: 'greeting', frames: ['hello'] }])
    const [kept] = state.library.messages
    panel.edit(kept!)
    panel.draft.frames.push('more')
    expect(state.library.messages[0]?.frames).toEqual(['hello'])
    panel.save()
    expect(state.library.messages[0]?.frames).toEqual(['hello', 'more'])
    panel.remove(kept!.id)
    panel.undo()
    expect(state.library.messages).toHaveLength(1)
  })
})
