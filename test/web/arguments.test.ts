import { expect, it } from 'vitest'
import { parseWebArguments } from '../../src-main/web/arguments.js'
import { opener } from '../../src-main/web/open-browser.js'

it.each([
  [[], { port: 8155, host: '127.0.0.1', open: true, help: false }],
  [['--port', '0'], { port: 0 }],
  [['--port=65535', '--no-open'], { port: 65535, open: false }],
  [['--host', '0.0.0.0'], { host: '0.0.0.0' }],
  [['--host', '[::1]'], { host: '::1' }],
  [['--host=Rig-7.lab'], { host: 'rig-7.lab' }],
  [['--receive', 'thread'], { receive: 'thread' }],
  [['--help'], { help: true }],
])('understands %j', (args, expected) => {
  expect(parseWebArguments(args)).toMatchObject(expected)
})

it.each([
  [['--port', '65536'], /^--port must be a whole number from 0 to 65535, and "65536" is not\.$/],
  [
    ['--port', '-1'],
    /^Option '--port' argument is ambiguous: only --port N, --host H, --profile NAME, --receive HOW and --no-open are understood here\.$/,
  ],
  [['--port='], /and "" is not\.$/],
  [['--port', '1e3'], /and "1e3" is not\.$/],
  [['--port', '0x50'], /and "0x50" is not\.$/],
  [['--port'], /^Option '--port <value>' argument missing: only/],
  [
    ['--host', 'http://x'],
    /^--host must be an address or a name, such as 127\.0\.0\.1 or localhost, and "http:\/\/x" is neither\.$/,
  ],
  [['--host', ''], /and "" is neither\.$/],
  [['--host', '127.0.0.1:80'], /is neither\.$/],
  [
    ['--colour'],
    /^Unknown option '--colour': only --port N, --host H, --profile NAME, --receive HOW and --no-open are understood here\.$/,
  ],
  [['here'], /^Unexpected argument 'here': only/],
])('refuses %j in one sentence', (args, words) => {
  expect(() => parseWebArguments(args)).toThrow(words)
  expect(() => parseWebArguments(args)).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

it('hands an address to each system as one argument', () => {
  const url = 'http://127.0.0.1:8155/?token=a&b=%20'
  for (const platform of ['linux', 'darwin', 'win32', 'freebsd'] as const)
    expect(opener(platform, url).at(-1)).toBe(url)
})
