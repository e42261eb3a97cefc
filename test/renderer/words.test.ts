import { describe, expect, test } from 'vitest'
import { Fault, linkEventKinds, linkStates, progressNames, roleNames } from '../../src-main/contract/index.js'
import { parseEndpoint } from '../../src-main/engine/endpoint.js'
import { broken as brokenRecording } from '../../src-main/recording/codec.js'
import { diskFault } from '../../src-main/recording/disk.js'
import './browser-things.js'

const { locale, systemLanguage } = await import('../../src-renderer/lib/i18n.svelte.js')
const words = await import('../../src-renderer/lib/words.js')
const { endpointReason } = await import('../../src-renderer/lib/fault-reasons.js')

/** One of each kind of endpoint that the parser refuses. */
const bad: [text: string, method?: 'bind' | 'connect'][] = [
  [''],
  ['@tcp://*:1', 'connect'],
  ['tcp://a\u0001:1'],
  ['127.0.0.1:5555'],
  ['http://x:80'],
  ['inproc://'],
  [`inproc://${'x'.repeat(300)}`],
  ['tcp://127.0.0.1:0;127.0.0.1:1'],
  ['tcp://127.0.0.1'],
  ['tcp://127.0.0.1:'],
  ['tcp://:5555'],
  ['tcp://*:5555', 'connect'],
  ['tcp://127.0.0.1:*', 'connect'],
  ['tcp://[::g]:1'],
  ['tcp://::1:1'],
  ['tcp://300.1.1.1:1'],
  ['tcp://-x-:1'],
  ['tcp://127.0.0.1:99999'],
  ['ipc://'],
  [`ipc:///${'x'.repeat(200)}`],
]

function refused(text: string, method?: 'bind' | 'connect'): Fault {
  try {
    parseEndpoint(text, method)
  } catch (error) {
    if (error instanceof Fault) return error
  }
  throw new Error(`“${text}” was not refused`)
}

describe('words', () => {
  test('there are words for all that the contract names, in both languages, and they differ', () => {
    const all = () => [
      ...linkStates.map(words.linkWord),
      ...linkEventKinds.map(words.eventWord),
      ...progressNames.filter((name) => name !== 'none').map(words.progressWord),
      ...roleNames.flatMap((role) => [words.roleWord(role), words.roleTitle(role), words.roleDoes(role)]),
    ]
    locale.set('en')
    const english = all()
    locale.set('zh-CN')
    const chinese = all()
    expect(english.every((word) => /^[\x20-\u2fff]+$/.test(word))).toBe(true)
    expect(chinese.every((word) => /[\u4e00-\u9fff]/.test(word))).toBe(true)
  })

  test.each(bad)('the reason why “%s” is refused has words in Chinese', (text, method) => {
    const fault = refused(text, method)
    locale.set('zh-CN')
    expect(endpointReason(String(fault.detail?.['what']))).toMatch(/[\u4e00-\u9fff]/)
    const sentence = words.faultText(fault)
    expect(sentence).toContain(`第 ${String(fault.detail?.['at'])} 个字符`)
    expect(sentence).not.toMatch(/undefined|null/)
  })

  test('a fault is said in English as the engine said it', () => {
    locale.set('en')
    expect(words.faultText(refused('tcp://127.0.0.1:99999'))).toContain('is not a number from 1 to 65535')
  })
  test('what may be wrong with a recording and its file has words in Chinese, and the names in it', () => {
    locale.set('zh-CN')
    const reasons = [
      'it is empty',
      'it is not an MCAP file',
      'it ends before there is anything in it',
      'there is no message in it',
      'its records lead astray',
      'it is packed with "xz"; zstd and lz4 can be read here',
      'a chunk holds 1 bytes instead of 2',
    ]
    const broken = reasons.map((why) => words.faultText(brokenRecording(why)))
    expect(new Set(broken).size).toBe(reasons.length)
    for (const sentence of broken) expect(sentence).not.toMatch(/[a-z] [a-z]/)
    for (const code of ['ENOSPC', 'EROFS', 'EEXIST', 'ENOENT']) {
      const sentence = words.faultText(diskFault(Object.assign(new Error('no'), { code }), '/disk/drive.mcap'))
      expect(sentence).toMatch(/^(磁盘空间不足，)?(无法写入 )?\/disk\/drive\.mcap.*[\u4e00-\u9fff]/)
    }
  })
  test('a code without words, or a detail that lacks a value, falls back on the English sentence', () => {
    locale.set('zh-CN')
    expect(words.faultText({ code: 'NEVER_HEARD_OF', message: 'What happened.' })).toBe('What happened.')
    expect(words.faultText({ code: 'EADDRINUSE', message: 'It is in use.' })).toBe('It is in use.')
  })
  test('the language of the system: the first of its list that we have', () => {
    expect(systemLanguage(['fr', 'zh-TW', 'en'])).toBe('zh-CN')
    expect(systemLanguage(['en-GB'])).toBe('en')
    expect(systemLanguage(['fr'])).toBe('en')
  })
})
