import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatEndpoint, IPC_PATH_LIMIT, parseEndpoint } from '../../src-main/engine/endpoint.js'

const accepted = [
  'tcp://127.0.0.1:5555',
  'tcp://127.0.0.1:1',
  'tcp://127.0.0.1:65535',
  'tcp://0.0.0.0:5555',
  'tcp://localhost:5555',
  'tcp://robot-7.lan:5555',
  'tcp://my_host:80',
  'tcp://[::1]:5555',
  'tcp://[fe80::1%eth0]:5555',
  'tcp://[2001:db8::ff00:42:8329]:9',
  'tcp://*:5555',
  'tcp://127.0.0.1:*',
  'tcp://*:*',
  '@tcp://*:5555',
  '>tcp://localhost:5555',
  '@tcp://127.0.0.1:*',
  'ipc:///tmp/a.sock',
  'ipc://relative/path',
  'ipc://@abstract',
  'ipc:///tmp/套接字',
  'inproc://bus',
  'inproc://a/b c',
  '@inproc://x',
  'tcp://xn--fiqs8s.example:1',
  'tcp://a.b.c.:5',
]

/** Text, 1-based place of what is wrong, a piece of the sentence. */
const refused: [string, number, string][] = [
  ['', 1, 'an endpoint is missing'],
  ['   ', 1, 'an endpoint is missing'],
  ['5555', 1, 'names no transport'],
  ['localhost:5555', 1, 'for example tcp://localhost:5555'],
  ['tcp:127.0.0.1:5555', 1, 'names no transport'],
  ['http://127.0.0.1:80', 1, '“http://” is not a transport'],
  ['ws://127.0.0.1:80', 1, 'not a transport'],
  ['udp://127.0.0.1:80', 1, 'not a transport'],
  ['pgm://eth0;239.1.1.1:5555', 1, 'not a transport'],
  ['tipc://{1,2}', 1, 'not a transport'],
  ['@@tcp://*:1', 2, 'not a transport'],
  ['tcp://', 7, 'the port is missing'],
  ['tcp://:5555', 7, 'the host is missing'],
  ['tcp://127.0.0.1', 16, 'the port is missing'],
  ['tcp://127.0.0.1:', 17, 'the port is missing'],
  ['tcp://127.0.0.1:0', 17, 'from 1 to 65535'],
  ['tcp://127.0.0.1:65536', 17, 'from 1 to 65535'],
  ['tcp://127.0.0.1:99999', 17, 'port “99999”'],
  ['tcp://127.0.0.1:-1', 17, 'from 1 to 65535'],
  ['tcp://127.0.0.1:05555', 17, 'from 1 to 65535'],
  ['tcp://127.0.0.1:5555x', 17, 'from 1 to 65535'],
  ['tcp://127.0.0.1:5 5', 17, 'from 1 to 65535'],
  ['tcp://127.0.0.1:٥', 17, 'from 1 to 65535'],
  ['tcp://127.0.0.256:5555', 7, 'not an IPv4 address'],
  ['tcp://127.0.0:5555', 7, 'not an IPv4 address'],
  ['tcp://1.2.3.4.5:5555', 7, 'not an IPv4 address'],
  ['tcp://::1:5555', 7, 'in brackets'],
  ['tcp://[::1]', 12, 'the port is missing'],
  ['tcp://[::g]:5555', 7, 'not an IPv6 address'],
  ['tcp://[127.0.0.1]:5555', 7, 'not an IPv6 address'],
  ['tcp://bad host:5555', 7, 'not a host name'],
  ['tcp://-bad:5555', 7, 'not a host name'],
  ['tcp://a..b:5555', 7, 'not a host name'],
  [`tcp://${'a'.repeat(64)}:5555`, 7, 'not a host name'],
  ['tcp://user@host:5555', 7, 'not a host name'],
  ['tcp://192.168.1.1:5;127.0.0.1:5555', 20, 'source address'],
  ['tcp://127.0.0.1:5555/path', 17, 'from 1 to 65535'],
  ['tcp://127.0.0.1\u0000:5555', 16, 'control character'],
  ['ipc://', 7, 'needs the path'],
  ['ipc://*', 7, 'needs the path'],
  [`ipc:///${'a'.repeat(IPC_PATH_LIMIT)}`, 7, `the system takes ${IPC_PATH_LIMIT}`],
  ['inproc://', 10, 'needs a name'],
  [`inproc://${'n'.repeat(256)}`, 10, 'longer than 255'],
]

describe('an endpoint', () => {
  it.each(accepted)('“%s” is taken, and reads the same again', (text) => {
    const parsed = parseEndpoint(text)
    expect(formatEndpoint(parsed)).toBe(text)
    expect(parseEndpoint(formatEndpoint(parsed))).toEqual(parsed)
  })

  it.each(refused)('“%s” is refused at character %i: %s', (text, at, words) => {
    expect(() => parseEndpoint(text)).toThrow(
      expect.objectContaining({
        code: 'BAD_ENDPOINT',
        detail: expect.objectContaining({ at }) as object,
        message: expect.stringContaining(words) as string,
      }) as Error,
    )
  })

  it('takes wildcards only where they mean something', () => {
    expect(() => parseEndpoint('tcp://*:5555', 'connect')).toThrow('one cannot connect to “*”')
    expect(() => parseEndpoint('>tcp://127.0.0.1:*')).toThrow('one cannot connect to port “*”')
    expect(parseEndpoint('tcp://*:*', 'bind')).toMatchObject({ host: '*', port: 0 })
  })

  it('lets its prefix not contradict what it is for', () => {
    expect(parseEndpoint('@tcp://*:1', 'bind').method).toBe('bind')
    expect(() => parseEndpoint('@tcp://127.0.0.1:1', 'connect')).toThrow('“@” means bind')
  })

  it('knows what can be reached from beyond this machine', () => {
    for (const near of ['tcp://127.3.2.1:1', 'tcp://[::1]:1', 'tcp://localhost:1', 'ipc:///x', 'inproc://x'])
      expect(parseEndpoint(near).loopback, near).toBe(true)
    for (const far of ['tcp://*:1', 'tcp://0.0.0.0:1', 'tcp://10.0.0.1:1', 'tcp://[::]:1', 'tcp://robot:1'])
      expect(parseEndpoint(far).loopback, far).toBe(false)
  })

  it('gives back only addresses on the allow-list, whatever is typed', () => {
    const piece = fc.constantFrom(
      'tcp',
      'ipc',
      'inproc',
      'ws',
      '://',
      ':',
      ';',
      '@',
      '>',
      '*',
      '[',
      ']',
      '127.0.0.1',
      '::1',
      'host',
      '5555',
      '99999',
      '/',
      '\u0000',
      ' ',
      'é',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            const parsed = parseEndpoint(text)
            expect(parsed.address).toMatch(/^(tcp|ipc|inproc):\/\/[^\0]+$/)
            if (parsed.scheme === 'tcp') expect(parsed.address).not.toContain(';')
            expect(parseEndpoint(formatEndpoint(parsed))).toEqual(parsed)
          } catch (error) {
            expect(error).toMatchObject({ code: 'BAD_ENDPOINT' })
          }
        },
      ),
      { numRuns: 2000, seed: 7 },
    )
  })
})
