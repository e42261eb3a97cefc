/**
 * Tallest element that is asked of a browser. Chromium gives up at 33 million pixels, Firefox at 17 million; beyond this, one pixel of
 * the scroll bar stands for more than one of the list.
 */
const MAX_STAGE = 15_000_000

/**
 * Which of many rows of one height are in view: the arithmetic of a list that draws only those. Positions are in pixels of the
 * whole list, as numbers with 53 bits, and never handed to the browser as they are.
 */
export class RowWindow {
  readonly rowHeight: number
  readonly #keepEnd: boolean
  #count = $state(0)
  #viewport = $state(0)
  #top = $state(0)

  /** @param keepEnd whether a list that shows its end goes on showing it when its height changes. */
  constructor(rowHeight: number, keepEnd = true) {
    this.rowHeight = rowHeight
    this.#keepEnd = keepEnd
  }

  get count(): number {
    return this.#count
  }
  get viewport(): number {
    return this.#viewport
  }
  /** First pixel in view. */
  get top(): number {
    return this.#top
  }
  get height(): number {
    return this.#count * this.rowHeight
  }
  get maxTop(): number {
    return Math.max(0, this.height - this.#viewport)
  }
  get atEnd(): boolean {
    return this.#top >= this.maxTop - 1
  }
  /** First row that can be seen, from 0, and how many may be (the last one in part). */
  get first(): number {
    return Math.floor(this.#top / this.rowHeight)
  }
  get shown(): number {
    const last = Math.ceil((this.#top + this.#viewport) / this.rowHeight)
    return Math.max(0, Math.min(last, this.#count) - this.first)
  }
  /** Pixels of the first row that are above the view. */
  get offset(): number {
    return this.#top - this.first * this.rowHeight
  }
  /** Rows that fit whole: what a page key moves by. */
  get page(): number {
    return Math.max(1, Math.floor(this.#viewport / this.rowHeight) - 1)
  }

  /** Height of the element that gives the scroll bar its length. */
  get stage(): number {
    return Math.max(this.#viewport, Math.min(this.height, MAX_STAGE))
  }
  /** List pixels for one pixel of the scroll bar. */
  get scale(): number {
    const way = this.stage - this.#viewport
    return way <= 0 ? 1 : this.maxTop / way
  }
  /** Where the scroll bar belongs. */
  get scrollTop(): number {
    return this.#top / this.scale
  }

  resize(viewport: number): void {
    const end = this.#keepEnd && this.atEnd
    this.#viewport = viewport
    this.#top = end ? this.maxTop : Math.min(this.#top, this.maxTop)
  }
  /** @param removedBefore rows that went away at the beginning: what is in view stays in view as long as it exists. */
  setCount(count: number, removedBefore = 0): void {
    this.#count = count
    this.#top = Math.min(Math.max(0, this.#top - removedBefore * this.rowHeight), this.maxTop)
  }
  scrollTo(top: number): void {
    this.#top = Math.min(Math.max(0, top), this.maxTop)
  }
  /** The scroll bar was moved there. */
  scrolled(scrollTop: number): void {
    this.scrollTo(scrollTop * this.scale)
  }
  toEnd(): void {
    this.#top = this.maxTop
  }
  /** Moves as a key says, where rows themselves have no focus. @returns whether it is such a key */
  scrollByKey(key: string): boolean {
    const to: Record<string, number> = {
      ArrowUp: this.#top - this.rowHeight,
      ArrowDown: this.#top + this.rowHeight,
      PageUp: this.#top - this.page * this.rowHeight,
      PageDown: this.#top + this.page * this.rowHeight,
      Home: 0,
      End: this.maxTop,
    }
    const top = to[key]
    if (top !== undefined) this.scrollTo(top)
    return top !== undefined
  }
  /** Moves as little as is needed to have the row in view. */
  reveal(row: number): void {
    const top = row * this.rowHeight
    if (top < this.#top) this.scrollTo(top)
    else if (top + this.rowHeight > this.#top + this.#viewport) this.scrollTo(top + this.rowHeight - this.#viewport)
  }
}
