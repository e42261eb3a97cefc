const decoder = new TextDecoder('utf-8', { fatal: true })

/** The value that a frame holds, or undefined where it is no JSON. */
export function parseJson(frame: Uint8Array | undefined): unknown {
  if (frame === undefined || frame.byteLength === 0) return undefined
  try {
    return JSON.parse(decoder.decode(frame))
  } catch {
    return undefined
  }
}
