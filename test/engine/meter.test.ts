import { expect, it } from 'vitest'
import { Meter } from '../../src-main/engine/meter.js'

const start = 1_700_000_000_000

it('counts every message and byte', () => {
  const meter = new Meter()
  for (let i = 0; i < 12_345; i++) meter.add(7, start + i / 100)
  expect(meter).toMatchObject({ messages: 12_345, bytes: 86_415 })
})

it('gives the rate over one and ten seconds, and falls to zero when nothing comes', () => {
  const meter = new Meter()
  for (let ms = 0; ms < 10_000; ms++) meter.add(1, start + ms)
  for (let ms = 10_000; ms < 11_000; ms++) for (let n = 0; n < 5; n++) meter.add(1, start + ms)
  expect(meter.rate(1, start + 11_000)).toBe(5000)
  expect(meter.rate(10, start + 11_000)).toBe(1400)
  expect(meter.busy(start + 11_000)).toBe(true)
  expect(meter.rate(1, start + 12_100)).toBe(0)
  expect(meter.rate(10, start + 22_000)).toBe(0)
  expect(meter.busy(start + 22_000)).toBe(false)
})

it('does not understate a rate that has only just begun', () => {
  const meter = new Meter()
  for (let ms = 0; ms < 500; ms++) meter.add(1, start + ms)
  expect(meter.rate(1, start + 500)).toBe(1000)
  expect(meter.rate(10, start + 500)).toBe(1000)
})

it('starts a young rate at nothing rather than at infinity', () => {
  const meter = new Meter()
  expect(meter.rate(1, start)).toBe(0)
  meter.add(1, start)
  expect(meter.rate(1, start + 10)).toBe(0)
})
