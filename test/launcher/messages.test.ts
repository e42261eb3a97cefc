import { describe, expect, test } from 'vitest'
import { differences, readMessages } from '../../build/scripts/messages.mjs'

describe('messages', () => {
  test('every language has all of them, with the same values', () => {
    const languages = readMessages()
    expect(Object.keys(languages)).toEqual(['en', 'zh-CN'])
    expect(differences(languages)).toEqual([])
  })

  test('one that a language lacks is told, either way round', () => {
    const faults = differences({ en: { $schema: 'x', a: 'A', b: 'B' }, 'zh-CN': { a: '甲', c: '丙' } })
    expect(faults).toEqual([
      'messages/zh-CN.json lacks "b", which en.json has.',
      'messages/en.json lacks "c", which zh-CN.json has.',
    ])
  })

  test('one with other values is told', () => {
    expect(differences({ en: { a: '{n} of {m}' }, 'zh-CN': { a: '{m} 中的 {n}' } })).toEqual([])
    expect(differences({ en: { a: '{n} of {m}' }, 'zh-CN': { a: '{n}' } })).toHaveLength(1)
  })

  test('none at all is a fault', () => {
    expect(differences({ en: { $schema: 'x' }, 'zh-CN': {} })).toEqual(['messages/en.json has no messages.'])
  })
})
