import { describe, expect, it } from 'vitest'
import { Fault } from '../../src-main/contract/index.js'
import { asUsage, exitCodeOf, readEndpoint, wholeNumber } from '../../src-main/cli/options.js'
import { faultOf } from '../payload/fault-of.js'

describe('endpoints', () => {
  const address = 'tcp://127.0.0.1:5555'

  it.each([
    ['server', 'bind'],
    ['client', 'connect'],
    ['publisher', 'bind'],
    ['subscriber', 'connect'],
    ['ventilator', 'bind'],
    ['worker', 'connect'],
    ['sink', 'bind'],
  ] as const)('a %s would %s', (role, method) => expect(readEndpoint(address, role, {})).toEqual({ method, address }))

  it('do as the options say, and before that as their prefix says', () => {
    expect(readEndpoint(address, 'server', { connect: true }).method).toBe('connect')
    expect(readEndpoint(address, 'client', { bind: true }).method).toBe('bind')
    expect(readEndpoint(`@${address}`, 'client', { connect: true })).toEqual({ method: 'bind', address })
    expect(readEndpoint(`>${address}`, 'server', {})).toEqual({ method: 'connect', address })
  })

  it('are refused as wrong usage', () => {
    expect(exitCodeOf(faultOf(() => readEndpoint('tcp://127.0.0.1:99999', 'server', {})))).toBe(2)
  })
})

describe('exit codes', () => {
  it('are 2 for wrong usage, 1 for what failed in use', () => {
    expect(exitCodeOf(new Fault('EADDRINUSE', ''))).toBe(1)
    expect(exitCodeOf(new Error('a bug'))).toBe(1)
    const wrapped = faultOf(() =>
      asUsage(() => {
        throw new Fault('BAD_PAYLOAD', 'no')
      }),
    )
    expect(exitCodeOf(wrapped)).toBe(2)
  })
})

describe('numbers', () => {
  it('are whole and in range', () => {
    expect(wholeNumber(1)('12')).toBe(12)
    for (const text of ['0', '-1', '1.5', '1e3', '', 'x', ' 1'])
      expect(() => wholeNumber(1)(text)).toThrow('of at least 1')
    expect(() => wholeNumber(0, 10)('11')).toThrow('from 0 to 10')
  })
})
