/** Bytes that libzmq may hold for each peer that does not keep up. */
export const QUEUE_BYTES = 128 * 1024 * 1024
/** Messages that it may always hold, however large: less would drop what comes in a burst. */
const LEAST = 64
/** How many messages the mean size looks back, roughly: one image among thousands of numbers changes nothing. */
const WINDOW = 16

/**
 * A high-water mark counts messages, not bytes: the usual 1000 are nothing of temperatures, and 5 GB of camera frames, held for one subscriber that has stalled. This lowers a
 * socket's mark to what fits (libzmq tells both ends of its pipes: socket_base.cpp, `update_pipe_options`). It is raised again only when nobody is connected: libzmq tells a
 * writer of every half mark that was read, so a peer that stood at a low mark when it rose would never be written to again (pipe.cpp, `_msgs_read % _lwm`).
 */
export class FittingMark {
  readonly #socket: { sendHighWaterMark: number }
  readonly #most: number
  #mean = 0
  #mark: number

  /** @param most as set by a person; 0 = no limit */
  constructor(socket: { sendHighWaterMark: number }, most: number) {
    this.#socket = socket
    this.#most = most
    this.#mark = most
  }

  /** To be told of every message before it is sent. */
  note(frames: readonly Uint8Array[]): void {
    let bytes = 0
    for (const frame of frames) bytes += frame.byteLength
    this.#mean = this.#mean === 0 ? bytes : this.#mean + (bytes - this.#mean) / WINDOW
    const fits = Math.max(LEAST, Math.floor(QUEUE_BYTES / Math.max(1, this.#mean)))
    // By steps: setting it costs a call for each pipe. No limit stays none: that is what it was set to.
    if (fits < this.#mark * 0.8) this.#set(fits)
  }

  /** To be called when nobody is connected. */
  free(): void {
    this.#mean = 0
    if (this.#mark !== this.#most) this.#set(this.#most)
  }

  #set(mark: number): void {
    this.#mark = mark
    this.#socket.sendHighWaterMark = mark
  }
}
