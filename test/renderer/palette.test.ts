import { beforeEach, describe, expect, test } from 'vitest'
import type { Action } from '../../src-renderer/palette/actions.svelte.js'
import { local } from './browser-things.js'

const { Actions } = await import('../../src-renderer/palette/actions.svelte.js')
const { findActions } = await import('../../src-renderer/palette/find.js')
const { isKey, keysWord } = await import('../../src-renderer/palette/keys.js')
const { Palette } = await import('../../src-renderer/palette/palette.svelte.js')

const action = (id: string, title: string, more: Partial<Action> = {}): Action => ({
  id,
  group: 'go',
  title,
  run: () => undefined,
  ...more,
})
const ids = (actions: readonly Action[]) => actions.map(({ id }) => id)

beforeEach(() => local.clear())

describe('finding an action', () => {
  const actions = [
    action('worker', 'New worker…'),
    action('sink', 'New sink…'),
    action('radio', 'Go to Radio', { words: 'publish subscribe' }),
    action('rate', 'Show rates'),
  ]
  test('every word must be found, in any order, in the title or beside it', () => {
    expect(ids(findActions(actions, 'sink new'))).toEqual(['sink'])
    expect(ids(findActions(actions, 'publish'))).toEqual(['radio'])
    expect(ids(findActions(actions, 'new publish'))).toEqual([])
  })
  test('the beginning of a title comes before a word within, that before letters in order', () => {
    expect(ids(findActions(actions, 'ne'))).toEqual(['worker', 'sink'])
    expect(ids(findActions(actions, 'ra'))).toEqual(['radio', 'rate'])
    expect(ids(findActions(actions, 'nwk'))).toEqual(['worker', 'sink'])
    expect(ids(findActions(actions, 'zq'))).toEqual([])
  })
  test('without a query all are there as they stand', () => {
    expect(findActions(actions, '  ')).toEqual(actions)
  })
})

describe('the registry', () => {
  test('is ordered by group, takes sources back, and of one id the later source’s stands', () => {
    const actions = new Actions()
    actions.register(() => [action('a', 'old', { group: 'help' }), action('b', 'b')])
    const undo = actions.register(() => [action('a', 'new', { group: 'session' })])
    expect(actions.all.map(({ title }) => title)).toEqual(['new', 'b'])
    undo()
    expect(actions.all.map(({ title }) => title)).toEqual(['b', 'old'])
  })
})

describe('the palette', () => {
  function palette() {
    const actions = new Actions()
    const ran: string[] = []
    const told: unknown[] = []
    actions.register(() => [
      action('one', 'One', { run: () => ran.push('one') }),
      action('two', 'Two', { run: () => Promise.reject(new Error('two failed')) }),
      action('off', 'Off', { ready: false, run: () => ran.push('off') }),
    ])
    return { palette: new Palette(actions, (error) => told.push(error)), ran, told }
  }

  test('begins at the first that can be done now', () => {
    const actions = new Actions()
    const ran: string[] = []
    actions.register(() => [action('off', 'Off', { ready: false }), action('on', 'On', { run: () => ran.push('on') })])
    const p = new Palette(actions, () => undefined)
    p.show()
    expect(p.at).toBe(1)
    p.choose()
    expect(ran).toEqual(['on'])
  })

  test('moves round, does what is picked, and begins with what was used last', () => {
    const { palette: p, ran } = palette()
    p.show()
    expect(ids(p.found)).toEqual(['one', 'two', 'off'])
    p.move(-1)
    expect(p.at).toBe(2)
    p.move(1)
    p.choose()
    expect([ran, p.open]).toEqual([['one'], false])
    p.show()
    p.query = 'two'
    p.choose()
    p.show()
    expect([ids(p.found), p.recent]).toEqual([['two', 'one', 'off'], 2])
    p.query = 'o'
    expect([ids(p.found), p.recent]).toEqual([['one', 'off', 'two'], undefined])
  })

  test('does not do what cannot be done now, and tells why something failed', async () => {
    const { palette: p, ran, told } = palette()
    p.show()
    p.query = 'off'
    p.choose()
    expect([ran, p.open]).toEqual([[], true])
    p.query = 'two'
    p.choose()
    await expect.poll(() => told).toEqual([new Error('two failed')])
  })
})

describe('keys', () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
    ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more }) as KeyboardEvent

  test('are told apart by their modifiers; signs are where the layout has them', () => {
    expect(isKey(press('k', { ctrlKey: true }), 'Mod+K')).toBe(true)
    expect(isKey(press('K', { ctrlKey: true, shiftKey: true }), 'Mod+K')).toBe(false)
    expect(isKey(press('S', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+S')).toBe(true)
    expect(isKey(press('k'), 'Mod+K')).toBe(false)
    expect(isKey(press('?', { shiftKey: true }), '?')).toBe(true)
    expect(isKey(press('g', { altKey: true }), 'G')).toBe(false)
  })
  test('are written as this machine writes them', () => {
    expect(keysWord('Mod+Shift+S')).toBe('Ctrl Shift S')
    expect(keysWord('G C')).toBe('G C')
  })
})
