/** A tree of which the rows on show are numbered from 0, and one of them is picked. */
export interface KeyedTree {
  /** The picked row; -1: none. */
  readonly at: number
  readonly length: number
  /** Rows that a page key moves by. */
  readonly page: number
  /** Whether the picked row shows what is below it; undefined when there is nothing below. */
  readonly open: boolean | undefined
  /** The row that the picked one hangs from; -1: it is at the top. */
  parent(): number
  /** Takes any number: the nearest row is picked. */
  pick(index: number): void
  /** Opens or closes the picked row. */
  toggle(): void
}

/** Does what a key asks for, as trees do everywhere; false if it asks for nothing here. */
export function treeKey(key: string, tree: KeyedTree): boolean {
  const { at, open } = tree
  switch (key) {
    case 'ArrowDown':
      tree.pick(at + 1)
      return true
    case 'ArrowUp':
      tree.pick(at - 1)
      return true
    case 'PageDown':
      tree.pick(at + tree.page)
      return true
    case 'PageUp':
      tree.pick(at - tree.page)
      return true
    case 'Home':
      tree.pick(0)
      return true
    case 'End':
      tree.pick(tree.length - 1)
      return true
    case 'ArrowRight':
      if (open === false) tree.toggle()
      else if (open === true) tree.pick(at + 1)
      return true
    case 'ArrowLeft':
      if (open === true) tree.toggle()
      else {
        const parent = tree.parent()
        if (parent >= 0) tree.pick(parent)
      }
      return true
    case 'Enter':
    case ' ':
      if (open !== undefined) tree.toggle()
      return true
    default:
      return false
  }
}
