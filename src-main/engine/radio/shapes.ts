import type { Channel, Shape } from '../../contract/index.js'

/** The payload of a channel's message `n` (from 1); `at` s since it began, `now` ms since 1970. Undefined: it has said all it has to say. */
export type Payload = (n: number, at: number, now: number) => Uint8Array | undefined

/** What a channel says. */
export function payloads(channel: Channel): Payload {
  const { shape, format } = channel
  if (shape.kind === 'lines') return lines(shape.text, shape.loop)
  if (shape.kind === 'vehicle') return vehicle(format, channel.rate)
  const value = values(shape)
  switch (format) {
    case 'json':
      return (n, at, now) => Buffer.from(`{"n":${n},"t":${milliseconds(now)},"value":${value(at)}}`)
    case 'text':
      return (_n, at) => Buffer.from(String(value(at)))
    case 'binary':
      return (n, at, now) => {
        const bytes = Buffer.allocUnsafe(24)
        bytes.writeBigUInt64LE(BigInt(n), 0)
        bytes.writeDoubleLE(now, 8)
        bytes.writeDoubleLE(value(at), 16)
        return bytes
      }
  }
}

/** Value at a time, s since the beginning. */
function values(shape: Exclude<Shape, { kind: 'lines' | 'vehicle' }>): (at: number) => number {
  const { amplitude, offset } = shape
  switch (shape.kind) {
    case 'sine':
      return (at) => round(offset + amplitude * Math.sin(2 * Math.PI * shape.frequency * at))
    case 'ramp':
      return (at) => round(offset + amplitude * (2 * ((at * shape.frequency) % 1) - 1))
    case 'square':
      return (at) => ((at * shape.frequency) % 1 < 0.5 ? offset + amplitude : offset - amplitude)
    case 'noise':
      return () => round(offset + amplitude * (2 * Math.random() - 1))
    case 'walk': {
      let here = offset
      return () => round((here += amplitude * (2 * Math.random() - 1)))
    }
  }
}

function lines(text: string, loop: boolean): Payload {
  const all = text.split(/\r?\n/)
  if (all.length > 1 && all.at(-1) === '') all.pop()
  return (n) => (n > all.length && !loop ? undefined : Buffer.from(all[(n - 1) % all.length] ?? ''))
}

/** A made-up vehicle on a winding road: it speeds up and slows down, changes gear with its speed, and its position follows from both. */
function vehicle(format: Channel['format'], rate: number): Payload {
  const step = 1 / rate
  let heading = 0
  let x = 0
  let y = 0
  return (n, at, now) => {
    const speed = round(13 + 9 * Math.sin(at / 7) + 2 * Math.sin(at / 1.7))
    const steering = round(0.25 * Math.sin(at / 2) + 0.05 * Math.sin(at * 1.3))
    const gear = speed < 5 ? 1 : speed < 10 ? 2 : speed < 16 ? 3 : 4
    heading += (speed / 2.7) * Math.tan(steering) * step // the bicycle model, with 2.7 m between the axles
    x = round(x + speed * Math.cos(heading) * step)
    y = round(y + speed * Math.sin(heading) * step)
    switch (format) {
      case 'json':
        return Buffer.from(
          `{"n":${n},"t":${milliseconds(now)},"speed":${speed},"steering":${steering},"gear":${gear},"x":${x},"y":${y}}`,
        )
      case 'text':
        return Buffer.from(`${speed} ${steering} ${gear} ${x} ${y}`)
      case 'binary': {
        const bytes = Buffer.allocUnsafe(49)
        bytes.writeBigUInt64LE(BigInt(n), 0)
        ;[now, speed, steering].forEach((value, i) => bytes.writeDoubleLE(value, 8 + i * 8))
        bytes.writeInt8(gear, 32)
        bytes.writeDoubleLE(x, 33)
        bytes.writeDoubleLE(y, 41)
        return bytes
      }
    }
  }
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6
const milliseconds = (time: number): number => Math.round(time * 1000) / 1000
