import { createRequire } from 'node:module'
import type protobuf from 'protobufjs'
import { Fault, type MessageType } from '../contract/index.js'

const load = createRequire(import.meta.url)
/** Loaded with the first .proto file: it is thirty files, and most people have none. */
const protobufjs = (): typeof protobuf => load('protobufjs') as typeof protobuf

/** Files whose readers are kept at hand: compiling one takes milliseconds. */
const KEPT = 16

/** Reads Protobuf by .proto files given as text. It compiles code, so it lives in the main process: the page's content policy forbids that. */
export class Protobuf {
  readonly #roots = new Map<string, protobuf.Root>()

  /** The message types of a file, those of nested ones included, in its order. Throws Fault BAD_PROTO. */
  types(text: string): MessageType[] {
    return typesIn(this.#root(text))
      .filter(({ fullName }) => !fullName.startsWith('.google.protobuf.'))
      .map((type) => ({
        name: type.fullName.slice(1),
        fields: type.fieldsArray.map((field) => ({
          name: field.name,
          type: field.type,
          number: field.id,
          repeated: field.repeated,
        })),
      }))
  }

  /** A reader of frames of one type, as plain values: 64-bit integers are numbers, enums their names, bytes base64. Throws Fault BAD_PROTO; the reader throws for what it cannot read. */
  reader(text: string, name: string): (bytes: Uint8Array) => unknown {
    const type = this.#type(text, name)
    return (bytes) => type.toObject(type.decode(bytes), { longs: Number, defaults: true, arrays: true })
  }

  /** A frame as JSON text over several lines, 64-bit integers to the last digit (as texts, as Protobuf's own JSON has them). Throws Fault BAD_PROTO or BAD_PAYLOAD. */
  json(text: string, name: string, bytes: Uint8Array): string {
    const type = this.#type(text, name)
    const options = { longs: String, enums: String, bytes: String, defaults: true, arrays: true, json: true }
    try {
      return JSON.stringify(type.toObject(type.decode(bytes), options), null, 2)
    } catch (error) {
      const why = (error as Error).message
      throw new Fault('BAD_PAYLOAD', `These ${bytes.byteLength} bytes are no ${name}: ${why}.`, {
        format: 'protobuf',
        position: 0,
      })
    }
  }

  #type(text: string, name: string): protobuf.Type {
    const found = this.#root(text).lookup(name, [protobufjs().Type])
    if (found instanceof protobufjs().Type) return found
    const names = this.types(text).map((type) => type.name)
    throw new Fault('BAD_PROTO', `The .proto file has no message “${name}”. It has ${names.join(', ') || 'none'}.`, {
      type: name,
    })
  }

  #root(text: string): protobuf.Root {
    const root = this.#roots.get(text) ?? parsed(text)
    // Those used last stay.
    this.#roots.delete(text)
    this.#roots.set(text, root)
    for (const oldest of this.#roots.keys()) {
      if (this.#roots.size <= KEPT) break
      this.#roots.delete(oldest)
    }
    return root
  }
}

/** Throws Fault BAD_PROTO with the parser's words, for what is missing too. */
function parsed(text: string): protobuf.Root {
  const { common, parse, Root } = protobufjs()
  try {
    const { root, imports = [], weakImports = [] } = parse(text, new Root(), { keepCase: true })
    for (const name of [...imports, ...weakImports]) {
      const known = common.get(name)
      if (known?.nested === undefined)
        throw new Error(`it imports “${name}”, which is not here: put the messages of both into one file`)
      root.addJSON(known.nested)
    }
    root.resolveAll()
    return root
  } catch (error) {
    const why = (error as Error).message.replace(/\.$/, '')
    throw new Fault('BAD_PROTO', `The .proto file cannot be read: ${why}.`, { why })
  }
}

function typesIn(space: protobuf.NamespaceBase): protobuf.Type[] {
  const { Namespace, Type } = protobufjs()
  return space.nestedArray.flatMap((object) => [
    ...(object instanceof Type ? [object] : []),
    ...(object instanceof Namespace ? typesIn(object) : []),
  ])
}
