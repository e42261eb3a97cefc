import * as v from 'valibot'
import { expect, it } from 'vitest'
import { PROFILE_VERSION, ProfileSchema } from '../../src-main/contract/index.js'
import { upgrade } from '../../src-main/store/upgrade.js'

const steps = {
  1: ({ name, ...rest }: Record<string, unknown>) => ({ ...rest, names: [name] }),
  2: ({ names, ...rest }: Record<string, unknown>) => ({ ...rest, count: (names as unknown[]).length, names }),
}

it('goes step by step from the oldest version to the present one', () => {
  expect(upgrade({ version: 1, name: 'a' }, steps, 3)).toEqual({ version: 3, names: ['a'], count: 1 })
  expect(upgrade({ version: 2, names: [] }, steps, 3)).toEqual({ version: 3, names: [], count: 0 })
})

it('leaves a document of the present version as it is', () => {
  const document = { version: 3, names: [] }
  expect(upgrade(document, steps, 3)).toBe(document)
})

it.each([
  [{}, /does not say its version/],
  [{ version: 4 }, /version 4, from a newer Socketeer; this one reads up to version 3/],
  [{ version: 0 }, /version 0, from which there is no way to version 3/],
])('refuses %j with the reason', (document, why) => {
  expect(() => upgrade(document, steps, 3)).toThrow(why)
})

it('still opens a document of version 1, and keeps of its rules those that are sets of rules', () => {
  const set = { id: 'a', name: 'planner', rules: [{ id: 'r', match: { kind: 'equals', text: 'ping' } }] }
  const old = { version: 1, drafts: { a: 'b' }, rules: [{ any: 'thing' }, set] }
  const profile = v.parse(ProfileSchema, upgrade(old))
  expect(profile).toMatchObject({ version: PROFILE_VERSION, drafts: { a: 'b' }, rules: [{ name: 'planner' }] })
  expect(profile.rules[0]?.rules[0]).toMatchObject({ on: true, answer: { kind: 'echo' } })
  expect(v.parse(ProfileSchema, upgrade({ version: 1 })).rules).toEqual([])
})

it('still opens a document of version 2, and keeps of its presets those that are', () => {
  const preset = { id: 'a', name: 'bench rig', endpoints: [{ method: 'connect', address: 'tcp://rig:5000' }] }
  const profile = v.parse(ProfileSchema, upgrade({ version: 2, presets: [{ any: 'thing' }, preset, 5] }))
  expect(profile.presets).toEqual([
    { ...preset, topics: [''], radio: { signals: [], protos: [], plots: { list: [], linked: true } } },
  ])
  expect(v.parse(ProfileSchema, upgrade({ version: 2 })).presets).toEqual([])
})
