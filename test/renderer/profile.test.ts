import * as v from 'valibot'
import { beforeEach, describe, expect, test } from 'vitest'
import { Fault, PROFILE_VERSION, ProfileSchema, type Preset, type Profile } from '../../src-main/contract/index.js'
import { local, session as tab } from './browser-things.js'
import { FakeCaller } from './fake-caller.js'

const { ProfileState } = await import('../../src-renderer/state/profile.svelte.js')

const kept = (presets: Preset[] = []): Profile => ({ ...v.parse(ProfileSchema, { version: PROFILE_VERSION }), presets })
const rig: Preset = {
  id: 'p',
  name: 'rig',
  endpoints: [],
  topics: [],
  radio: { gaps: undefined, signals: [], protos: [], plots: { list: [], linked: true } },
}

beforeEach(() => {
  tab.clear()
  local.clear()
})

describe('what is kept, as a window has it', () => {
  test('is not taken back by what the engine tells while a change is on its way', async () => {
    let arrive: (profile: Profile) => void = () => undefined
    const caller = new FakeCaller({ 'profile.update': () => new Promise((resolve) => (arrive = resolve)) })
    const profile = new ProfileState(caller)
    profile.take(kept())
    profile.setPresets([rig])
    profile.take(kept())
    expect(profile.presets).toEqual([rig])
    arrive(kept([rig]))
    await Promise.resolve()
    // From now on it is the engine's word again: another window may delete it.
    await expect.poll(() => (profile.take(kept()), profile.presets)).toEqual([])
  })

  test('is sent again with the next document when it could not be written', async () => {
    let down = true
    const caller = new FakeCaller({
      'profile.update': () => {
        if (down) throw new Fault('LINE_DOWN', 'The line is down.')
        return kept([rig])
      },
    })
    const profile = new ProfileState(caller)
    profile.take(kept())
    profile.setPresets([rig])
    await expect.poll(() => caller.asked('profile.update').length).toBe(1)
    await Promise.resolve()
    down = false
    profile.take(kept())
    expect(profile.presets).toEqual([rig])
    expect(caller.asked('profile.update')).toEqual([{ patch: { presets: [rig] } }, { patch: { presets: [rig] } }])
  })
})
