type Scroller = Pick<HTMLElement, 'scrollTop' | 'scrollHeight' | 'clientHeight'>

/**
 * A scroll bar that two move: the person, and we. The browser tells of the person's move with the next frame; who puts the bar somewhere before that
 * asks whether it was moved, or the move would be undone and never heard of.
 */
export class ScrollBar {
  /** Where it is, as far as we know. */
  at = 0

  /** Pixels that the person has moved it since; 0 for less than one. Where the content became shorter it goes back by itself: that is nobody's move. */
  moved({ scrollTop, scrollHeight, clientHeight }: Scroller): number {
    const pixels = scrollTop - Math.min(this.at, Math.max(0, scrollHeight - clientHeight))
    return Math.abs(pixels) < 1 ? 0 : pixels
  }
  /** It belongs where it is. */
  take({ scrollTop }: Scroller): void {
    this.at = scrollTop
  }
  put(scroller: Scroller, scrollTop: number): void {
    scroller.scrollTop = scrollTop
    this.take(scroller)
  }
}
