import type { JsonPath } from './json-path.js'
import type { TreeDocument } from './tree.js'

/** The node at a path, or -1. Keys that are numbers are found by how they are written; tags take no step; of equal keys the last counts. */
export function nodeAt(document: TreeDocument, path: JsonPath): number {
  const { tape } = document
  let node = untagged(document, 0)
  for (const step of path) {
    const end = tape.next(node)
    let found = -1
    if (tape.kind(node) === 'array' && typeof step === 'number') {
      let item = node + 1
      for (let i = 0; i < step && item < end; i++) item = tape.next(item)
      if (item < end) found = item
    } else if (tape.kind(node) === 'map') {
      const name = String(step)
      for (let key = node + 1; key < end; key = tape.next(tape.next(key)))
        if (document.name(key) === name) found = tape.next(key)
    }
    if (found < 0) return -1
    node = untagged(document, found)
  }
  return node
}

function untagged({ tape }: TreeDocument, node: number): number {
  let at = node
  while (tape.kind(at) === 'tag') at++
  return at
}

/** The value at a path as a number: also a text that reads as one, `true` as 1. NaN if it is none. */
export function numberAt(document: TreeDocument, path: JsonPath): number {
  const node = nodeAt(document, path)
  if (node < 0) return NaN
  switch (document.tape.kind(node)) {
    case 'true':
      return 1
    case 'false':
      return 0
    case 'number':
      return Number(document.leaf(node, Infinity))
    case 'string': {
      const text = document.text(node)?.trim() ?? ''
      return text === '' ? NaN : Number(text)
    }
    default:
      return NaN
  }
}
