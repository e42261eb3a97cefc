/** What an image's first bytes say about it. */
export interface ImageInfo {
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp'
  /** Pixels. */
  readonly width: number
  readonly height: number
}

/**
 * Pixels of an image that is drawn: decoded, each takes 4 bytes, so this is 160 MB. A few kilobytes of PNG can announce a thousand
 * times as many, and a browser that believes them stands still or dies.
 */
export const MAX_IMAGE_PIXELS = 40_000_000
/** Pixels along one side: no browser draws more. */
export const MAX_IMAGE_SIDE = 16_384

/** Whether an image may be decoded. */
export const isDrawable = ({ width, height }: ImageInfo): boolean =>
  width <= MAX_IMAGE_SIDE && height <= MAX_IMAGE_SIDE && width * height <= MAX_IMAGE_PIXELS

/** PNG, JPEG or WebP by signature, with the size that its header states. Undefined for anything else, and for headers that are cut off. */
export function imageInfo(bytes: Uint8Array): ImageInfo | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const info = png(view) ?? webp(view) ?? jpeg(view)
  return info !== undefined && info.width > 0 && info.height > 0 ? info : undefined
}

/** Signature, then IHDR as the first chunk. */
function png(view: DataView): ImageInfo | undefined {
  if (view.byteLength < 33 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) return undefined
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) }
}

/** A RIFF file with one of three kinds of first chunk: lossy, lossless, extended. */
function webp(view: DataView): ImageInfo | undefined {
  if (view.byteLength < 30 || view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined
  const type = 'image/webp'
  switch (view.getUint32(12)) {
    case 0x56503820: // 'VP8 '
      if (view.getUint8(23) !== 0x9d || view.getUint16(24) !== 0x012a) return undefined
      return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case 0x5650384c: {
      // 'VP8L'
      if (view.getUint8(20) !== 0x2f) return undefined
      const sizes = view.getUint32(21, true)
      return { type, width: (sizes & 0x3fff) + 1, height: ((sizes >>> 14) & 0x3fff) + 1 }
    }
    case 0x56503858: // 'VP8X'
      return {
        type,
        width: (view.getUint16(24, true) | (view.getUint8(26) << 16)) + 1,
        height: (view.getUint16(27, true) | (view.getUint8(29) << 16)) + 1,
      }
    default:
      return undefined
  }
}

/** Segments up to the first frame header (SOFn), which has the size. */
function jpeg(view: DataView): ImageInfo | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8 || view.getUint8(2) !== 0xff) return undefined
  let at = 2
  while (at + 9 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    // Fill bytes before a marker.
    if (marker === 0xff) {
      at++
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    // Start of scan or end of image before any frame header.
    if (marker === 0xda || marker === 0xd9) return undefined
    const alone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
    const length = alone ? 0 : view.getUint16(at + 2)
    if (!alone && length < 2) return undefined
    at += 2 + length
  }
  return undefined
}
