/** Sequence numbers as they cross the bridge: the bytes of a Float64Array. */
export function seqBytes(seqs: readonly number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Float64Array.from(seqs).buffer)
}
