import { expect, it } from 'vitest'
import { Guesses } from '../../src-main/web/guesses.js'

it('lets an address guess twenty times, then once a second, and forgets in time', () => {
  let now = 1000
  const guesses = new Guesses(() => now)
  const tries = (count: number): number => {
    let allowed = 0
    for (let i = 0; i < count; i++) {
      if (guesses.wait('a') > 0) continue
      allowed++
      guesses.wrong('a')
    }
    return allowed
  }
  expect(tries(1000)).toBe(20)
  expect(guesses.wait('a')).toBe(1000)
  expect(guesses.wait('b')).toBe(0)
  now += 1000
  expect(tries(1000)).toBe(1)
  now += 5000
  expect(tries(1000)).toBe(5)
  now += 3_600_000
  expect(tries(1000)).toBe(20)
})

it('remembers a bounded number of addresses', () => {
  const guesses = new Guesses(() => 0)
  for (let i = 0; i < 25; i++) guesses.wrong('first')
  for (let i = 0; i < 2000; i++) guesses.wrong(`address ${i}`)
  expect(guesses.wait('first')).toBe(0)
})
