import fc from 'fast-check'
import { Fault, type Endpoint } from '../../src-main/contract/index.js'
import { formatEndpoint, parseEndpoint } from '../../src-main/engine/endpoint.js'
import { parsePath } from '../../src-main/payload/json-path.js'
import { compilePattern } from '../../src-main/payload/pattern.js'
import { layoutText, parseLayout } from '../../src-main/payload/struct.js'
import {
  decode,
  detect,
  encode,
  formats,
  fromBase64,
  fromHex,
  hexDump,
  imageInfo,
  readTree,
  toBase64,
  toHex,
  treeFormats,
} from '../../src-main/payload/index.js'
import { isFault, type Property } from './property.js'

/** Random bytes, and such as begin like something: that leads a reader farther in. */
const heads = [
  '',
  '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
  '\xff\xd8\xff\xe0',
  'RIFF\0\0\0\0WEBPVP8 ',
  '{"a":[',
  '\x93\xcd',
  '\xdf\xff\xff',
  '\xbf\x61',
  '\x9b\xff\xff',
  '\xd9\xd9\xf7',
  '\xc6\0\0',
]
const bytes = fc
  .tuple(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }))
  .map(([head, tail]) => new Uint8Array([...Buffer.from(head, 'latin1'), ...tail]))
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.json(),
  fc.stringMatching(/^[<>=!@]?([0-9]{0,3}[a-zA-Z?](:[a-z]{1,3})? ?){0,6}$/),
  fc.stringMatching(/^[a-zA-Z0-9 =+/]{0,40}$/),
)

/** What it gives, or the Fault that it throws: anything else is thrown on. */
function orFault<T>(work: () => T): T | Fault {
  try {
    return work()
  } catch (error) {
    if (error instanceof Fault && isFault(error)) return error
    throw error
  }
}

export const reading: Property = {
  name: 'any bytes can be read as anything: shown, or refused with a sentence',
  few: 800,
  check: async (seed, draws) =>
    fc.assert(
      fc.property(bytes, (data) => {
        for (const format of formats) if (typeof decode(data, format) !== 'string') throw new Error(format)
        for (const format of treeFormats) orFault(() => readTree(data, format).prettyJson(0))
        detect(data)
        imageInfo(data)
        hexDump(data)
        if (!Buffer.from(fromHex(toHex(data))).equals(data)) throw new Error('hex')
        if (!Buffer.from(fromBase64(toBase64(data))).equals(data)) throw new Error('base64')
      }),
      { seed, numRuns: draws },
    ),
}

export const writing: Property = {
  name: 'any text can be typed in any format: it is bytes, or refused with a sentence',
  few: 800,
  check: async (seed, draws) =>
    fc.assert(
      fc.property(texts, bytes, (text, data) => {
        for (const format of formats) {
          const made = orFault(() => encode(text, format))
          if (made instanceof Uint8Array) decode(made, format)
        }
        orFault(() => parsePath(text))
        orFault(() => compilePattern(text).matcher('some text'))
        const layout = orFault(() => parseLayout(text))
        if (!(layout instanceof Fault)) orFault(() => layoutText(layout, data))
      }),
      { seed, numRuns: draws },
    ),
}

const piece = fc.constantFrom(
  'tcp://',
  'ipc://',
  'inproc://',
  'udp://',
  '@',
  '>',
  '[::1]',
  '127.0.0.1',
  '*',
  ':',
  '/',
  'a.b',
  '0',
  '99999',
  '５',
)
const addresses = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 8 }).map((parts) => parts.join('')),
)
const allowed = /^(tcp|ipc|inproc):\/\/./

export const endpoints: Property = {
  name: 'an address is refused with a sentence, or read as one of three transports, and read the same when written again',
  few: 2000,
  check: async (seed, draws) =>
    fc.assert(
      fc.property(addresses, fc.constantFrom<Endpoint['method']>('bind', 'connect'), (address, method) => {
        const read = orFault(() => parseEndpoint(address, method))
        if (read instanceof Fault) return read.message.length < 400
        const again = parseEndpoint(formatEndpoint(read), method)
        return allowed.test(read.address) && JSON.stringify(again) === JSON.stringify(read)
      }),
      { seed, numRuns: draws },
    ),
}
