/**
 * Tallest element that is asked of a browser: see RowWindow. Beyond it one pixel of the scroll bar stands for more than one of the talk.
 */
const MAX_STAGE = 15_000_000
/** Pixels drawn above and below the view, so that what comes into view has been measured. */
const OVERSCAN = 500
/** Most items drawn at once, whatever their heights claim. */
const MOST_DRAWN = 300
/** Up to this many items the scroll bar is exact; beyond, it goes by the share of items. */
const EXACT = 2000
/** Measured heights kept. */
const KEPT = 20_000
/** What an item is taken to be high before anything was measured. */
const GUESS = 58

/**
 * Which of many items of different heights are in view. Nothing is known of an item before it was drawn, and there may be a million, so no
 * list of positions is kept: one item, the *anchor*, has a place in the view; its neighbours follow from their heights, measured as they
 * are drawn. An item above the anchor that turns out taller grows upwards, so nothing that is read ever moves. Following, the last item
 * stands at the bottom, and nothing needs measuring at all.
 */
export class TalkWindow {
  readonly #keyOf: (index: number) => number
  readonly #heights = new Map<number, number>()
  #measured = 0
  #sum = 0
  /** Raised when a height was learnt: whatever depends on heights reads it. */
  #version = $state(0)
  #count = $state(0)
  #viewport = $state(0)
  #following = $state(true)
  #anchor = $state(0)
  /** Pixels of the anchor above the top of the view; negative: it begins below the top. */
  #offset = $state(0)

  /** @param keyOf what names an item for good: indices move when items go away at the front. */
  constructor(keyOf: (index: number) => number) {
    this.#keyOf = keyOf
  }

  get count(): number {
    return this.#count
  }
  get viewport(): number {
    return this.#viewport
  }
  get following(): boolean {
    return this.#following
  }
  /** Pixels that an item takes on average. */
  get mean(): number {
    void this.#version
    return this.#measured === 0 ? GUESS : this.#sum / this.#measured
  }
  heightOf(index: number): number {
    void this.#version
    return this.#heights.get(this.#keyOf(index)) ?? this.mean
  }

  /** The items to draw, `from` to `to` - 1, and where the first of them begins (undefined: the last one ends at the bottom). */
  readonly drawn = $derived.by((): { from: number; to: number; top: number | undefined } => {
    const count = this.#count
    if (this.#following) {
      let from = count
      for (let left = this.#viewport + OVERSCAN; from > 0 && left > 0 && count - from < MOST_DRAWN;)
        left -= this.heightOf(--from)
      return { from, to: count, top: undefined }
    }
    let from = Math.min(this.#anchor, count)
    let top = -this.#offset
    while (from > 0 && top > -OVERSCAN && this.#anchor - from < MOST_DRAWN / 2) top -= this.heightOf(--from)
    let to = this.#anchor
    for (let y = -this.#offset; to < count && y < this.#viewport + OVERSCAN && to - this.#anchor < MOST_DRAWN / 2;)
      y += this.heightOf(to++)
    return { from, to, top }
  })

  /** First and last item of which something can be seen; -1 when there is none. */
  readonly seen = $derived.by((): { first: number; last: number } => {
    const { from, to, top } = this.drawn
    if (to <= from) return { first: -1, last: -1 }
    let y = top ?? this.#viewport - this.#between(from, to)
    let first = -1
    let last = from
    for (let i = from; i < to && y < this.#viewport; i++) {
      y += this.heightOf(i)
      if (y > 0 && first < 0) first = i
      last = i
    }
    return { first: first < 0 ? from : first, last }
  })

  /** Height of the element that gives the scroll bar its length. */
  readonly stage = $derived.by((): number => Math.max(this.#viewport, Math.min(Math.ceil(this.#total), MAX_STAGE)))
  /** Where the scroll bar belongs, from 0 to `stage - viewport`. */
  readonly scrollTop = $derived.by((): number => {
    const way = this.stage - this.#viewport
    if (way <= 0) return 0
    if (this.#following) return way
    const above = this.#count <= EXACT ? this.#between(0, this.#anchor) : this.#anchor * this.mean
    const share = (above + this.#offset) / Math.max(1, this.#total - this.#viewport)
    if (this.atStart) return 0
    return Math.min(Math.max(share * way, 1), this.atEnd ? way : way - 1)
  })

  get atEnd(): boolean {
    if (this.#following) return true
    let y = -this.#offset
    for (let i = this.#anchor; i < this.#count; i++) {
      y += this.heightOf(i)
      if (y > this.#viewport + 1) return false
    }
    return true
  }
  get atStart(): boolean {
    if (this.#count === 0) return true
    const { anchor, offset } = this.#place()
    let y = -offset
    for (let i = anchor - 1; i >= 0; i--) {
      y -= this.heightOf(i)
      if (y < -1) return false
    }
    return y >= -1
  }

  /** Items' heights, as drawn. */
  measure(heights: Iterable<readonly [key: number, height: number]>): void {
    for (const [key, height] of heights) this.#measure(key, height)
    this.#settle(false)
    this.#version++
  }
  #measure(key: number, height: number): void {
    const known = this.#heights.get(key)
    if (known === height) return
    this.#heights.delete(key)
    this.#heights.set(key, height)
    this.#sum += height - (known ?? 0)
    if (known === undefined) this.#measured++
    // What sticks out at the top grows upwards too.
    if (known !== undefined && !this.#following && this.#offset > 0 && this.#keyOf(this.#anchor) === key)
      this.#offset += height - known
    if (this.#heights.size > KEPT) this.#forget()
  }
  /** Widths changed: nothing measured is true any more. */
  remeasure(): void {
    this.#heights.clear()
    this.#measured = 0
    this.#sum = 0
    this.#version++
  }

  resize(viewport: number): void {
    this.#viewport = viewport
    this.#settle()
  }
  /** @param removedBefore items that went away at the beginning. */
  setCount(count: number, removedBefore = 0): void {
    if (count === this.#count && removedBefore === 0) return
    this.#count = count
    if (removedBefore > this.#anchor) this.#offset = 0
    this.#anchor = Math.min(Math.max(0, this.#anchor - removedBefore), Math.max(0, count - 1))
    if (count === 0) this.#following = true
  }

  follow(): void {
    this.#following = true
  }
  /** Stands still where it is. */
  pause(): void {
    if (!this.#following) return
    const { anchor, offset } = this.#place()
    this.#anchor = anchor
    this.#offset = offset
    this.#following = false
  }
  /** Moves by pixels; at the end it follows from then on. */
  moveBy(pixels: number): void {
    if (pixels === 0 || (this.#following && pixels > 0)) return
    this.pause()
    this.#offset += pixels
    this.#settle()
    if (pixels > 0 && this.atEnd) this.follow()
  }
  /** Moves to where the scroll bar was put. */
  jump(scrollTop: number): void {
    const way = this.stage - this.#viewport
    if (way <= 0 || scrollTop >= way - 1) {
      this.follow()
      return
    }
    this.#following = false
    let pixels = (Math.max(0, scrollTop) / way) * Math.max(0, this.#total - this.#viewport)
    if (this.#count <= EXACT) {
      let index = 0
      for (; index < this.#count - 1 && pixels >= this.heightOf(index); index++) pixels -= this.heightOf(index)
      this.#anchor = index
    } else {
      this.#anchor = Math.min(this.#count - 1, Math.floor(pixels / this.mean))
      pixels = 0
    }
    this.#offset = pixels
    this.#settle()
  }
  /** Has the item in view: as it is if it is whole already, in the upper third otherwise. */
  reveal(index: number, force = false): void {
    if (index < 0 || index >= this.#count) return
    const { anchor, offset } = this.#place()
    let y = index < anchor ? -Infinity : Infinity
    if (Math.abs(index - anchor) < MOST_DRAWN) y = -offset
    if (index >= anchor && index - anchor < MOST_DRAWN) {
      for (let i = anchor; i < index; i++) y += this.heightOf(i)
      if (!force && y >= 0 && y + this.heightOf(index) <= this.#viewport) return
    } else if (index < anchor && anchor - index < MOST_DRAWN)
      for (let i = anchor - 1; i >= index; i--) y -= this.heightOf(i)
    this.#following = false
    this.#anchor = index
    const near = !force && y > -this.#viewport && y < 2 * this.#viewport
    // A neighbour of what is in view comes in at the edge, anything farther away where one looks first.
    this.#offset = !near ? -this.#viewport / 3 : y < 0 ? 0 : Math.min(0, this.heightOf(index) - this.#viewport)
    this.#settle(false)
  }

  get #total(): number {
    return this.#count <= EXACT ? this.#between(0, this.#count) : this.#count * this.mean
  }
  #between(from: number, to: number): number {
    let sum = 0
    for (let i = from; i < to; i++) sum += this.heightOf(i)
    return sum
  }
  /** Anchor and offset as they are, or as they would be where it follows. */
  #place(): { anchor: number; offset: number } {
    if (!this.#following) return { anchor: this.#anchor, offset: this.#offset }
    let y = this.#viewport
    let anchor = this.#count
    while (anchor > 0 && y > 0) y -= this.heightOf(--anchor)
    return { anchor, offset: -y }
  }
  /**
   * Leaves no room below the last item, nor above the first where there is more than a screenful.
   * @param reanchor whether what is at the top becomes the anchor; otherwise the anchor stays, for a place that was asked for.
   */
  #settle(reanchor = true): void {
    if (this.#following || this.#count === 0) return
    if (reanchor) {
      // Only to what has been measured: a guess would move what is read once it turns out wrong.
      while (this.#offset < 0 && this.#anchor > 0 && this.#heights.has(this.#keyOf(this.#anchor - 1)))
        this.#offset += this.heightOf(--this.#anchor)
      while (this.#anchor < this.#count - 1 && this.#offset >= this.heightOf(this.#anchor))
        this.#offset -= this.heightOf(this.#anchor++)
    }
    let top = -this.#offset
    for (let i = this.#anchor; i > 0 && top > 0;) top -= this.heightOf(--i)
    if (top > 0) {
      this.#anchor = 0
      this.#offset = 0
    }
    let bottom = -this.#offset
    for (let i = this.#anchor; i < this.#count && bottom <= this.#viewport; i++) bottom += this.heightOf(i)
    // Where there is less than a screenful, it stands at the bottom.
    if (bottom < this.#viewport) this.#offset -= this.#viewport - bottom
  }
  #forget(): void {
    for (const [key, height] of this.#heights) {
      if (this.#heights.size <= KEPT * 0.8) break
      this.#heights.delete(key)
      this.#sum -= height
      this.#measured--
    }
  }
}
