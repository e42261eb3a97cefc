import { Fault } from '../contract/index.js'

/** Names and indexes from the outside in. */
export type JsonPath = readonly (string | number)[]

/**
 * Reads a path of dotted names and `[n]`, such as `pose.position[0]`; a name with a dot or bracket in it stands quoted: `["a.b"]`. The empty
 * path is the whole value. Throws Fault BAD_PATH with the 1-based place.
 */
export function parsePath(text: string): JsonPath {
  const path: (string | number)[] = []
  const piece = /\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|(\.?)([^.[\]"]+)/y
  while (piece.lastIndex < text.length) {
    const at = piece.lastIndex
    const found = piece.exec(text)
    const [, index, quoted, dot, name] = found ?? []
    const wellPlaced = name === undefined || (dot === '.') === path.length > 0
    if (found === null || !wellPlaced)
      throw new Fault(
        'BAD_PATH',
        `JSON path “${text}”, character ${at + 1}: expected a name, .name or [n], for example pose.position[0].`,
        { path: text, at: at + 1 },
      )
    if (index !== undefined) path.push(Number(index))
    else if (quoted !== undefined) path.push(JSON.parse(`"${quoted}"`) as string)
    else if (name !== undefined) path.push(name)
  }
  return path
}

/** What stands at `path`, or undefined when nothing does. Only a value's own members are looked at. */
export function atPath(value: unknown, path: JsonPath): unknown {
  let here = value
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined
    here = (here as Record<string | number, unknown>)[step]
  }
  return here
}
