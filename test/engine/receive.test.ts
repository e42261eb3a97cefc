import { setImmediate as turn } from 'node:timers/promises'
import { Pull, Push } from 'zeromq'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { receivePortable, type Deliver } from '../../src-main/engine/receive.js'
import { until } from '../helpers/until.js'

/** Far more than makes a backlog, far less than a second's worth. */
const MANY = 20_000
const all = { deadline: 15_000 }

let from: Push
let to: Pull
let closing: boolean
let reading: Promise<void>
let broken: unknown[]

beforeEach(async () => {
  to = new Pull({ linger: 0, receiveHighWaterMark: 0 })
  await to.bind('tcp://127.0.0.1:*')
  from = new Push({ linger: 0, sendHighWaterMark: 0 })
  from.connect(to.lastEndpoint ?? '')
  closing = false
  broken = []
})

afterEach(async () => {
  close()
  from.close()
  await reading
  expect(broken).toEqual([])
})

function close(): void {
  closing = true
  to.close()
}

function read(deliver: Deliver): void {
  reading = receivePortable(to, { deliver, closing: () => closing, broken: (error) => broken.push(error) })
}

/** Numbered from `first` on. */
async function send(first: number, count: number): Promise<void> {
  for (let i = first; i < first + count; i++) await from.send(String(i))
}

/** Whether the driver is in its loop without waiting: it says so by the socket's own timeout. */
const hurried = () => to.receiveTimeout === 0

describe('the portable driver', () => {
  it('takes every message once and in order from calm to backlog to calm, each with a time not before the last', async () => {
    const got: number[] = []
    const hurry: boolean[] = []
    let latest = 0
    let backwards = 0
    read((frames, time) => {
      got.push(Number(frames[0]))
      hurry.push(hurried())
      if (time < latest) backwards++
      latest = time
    })
    await send(0, 1)
    await until(() => got.length === 1, all)
    await send(1, MANY)
    await until(() => got.length === MANY + 1, all)
    await until(() => !hurried(), all)
    await send(MANY + 1, 1)
    await until(() => got.length === MANY + 2, all)
    expect(got).toEqual(Array.from({ length: MANY + 2 }, (_, i) => i))
    expect([hurry[0], hurry.includes(true), hurry.at(-1)]).toEqual([false, true, false])
    expect(backwards).toBe(0)
  })

  it('closed in the middle of a backlog, delivers nothing more and ends', async () => {
    await send(0, MANY)
    let got = 0
    read(() => {
      got++
      if (hurried()) close()
    })
    await reading
    const atClose = got
    expect(closing).toBe(true)
    await turn()
    expect(got).toBe(atClose)
    expect(atClose).toBeLessThan(MANY)
  })

  it('closed with the message that shows a backlog, ends', async () => {
    await send(0, MANY)
    let got = 0
    // Held back each time, as by a worker that is done at once: the 64th such message has it hurry.
    read(() => {
      if (++got === 65) close()
      return Promise.resolve()
    })
    await expect(reading).resolves.toBeUndefined()
    expect(got).toBe(65)
  })

  it('held back in the middle of a backlog, takes no further message until it is let go', async () => {
    await send(0, MANY)
    const got: number[] = []
    let release: (() => void) | undefined
    read((frames) => {
      got.push(Number(frames[0]))
      if (release === undefined && hurried()) return new Promise<void>((resolve) => (release = resolve))
      return undefined
    })
    await until(() => release, all)
    const held = got.length
    for (let i = 0; i < 100; i++) await turn()
    expect(got.length).toBe(held)
    release?.()
    await until(() => got.length === MANY, all)
    expect(got).toEqual(Array.from({ length: MANY }, (_, i) => i))
  })

  it.each([
    ['calm', () => true],
    ['hurrying', hurried],
  ])('gives the event loop its turn by the clock when slow messages come while it is %s', async (_, slow) => {
    const SLOW = 300
    // Many more, so that some of them come quickly enough to make it hurry.
    await send(0, MANY)
    let slowed = 0
    let sinceTurn = 0
    let most = 0
    let got = 0
    const turns = setInterval(() => (sinceTurn = 0))
    read(() => {
      got++
      if (slowed === SLOW || !slow()) return
      slowed++
      most = Math.max(most, ++sinceTurn)
      const end = performance.now() + 1
      while (performance.now() < end);
    })
    await until(() => got === MANY, all)
    clearInterval(turns)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(50)
  })
})
