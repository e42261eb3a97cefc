import { expect, it } from 'vitest'
import { profileDirectory } from '../../src-main/store/location.js'

const home = '/home/ada'

it.each([
  ['linux', {}, '/home/ada/.config/socketeer'],
  ['linux', { XDG_CONFIG_HOME: '/cfg' }, '/cfg/socketeer'],
  ['linux', { XDG_CONFIG_HOME: 'relative' }, '/home/ada/.config/socketeer'],
  ['linux', { XDG_CONFIG_HOME: '' }, '/home/ada/.config/socketeer'],
  ['darwin', { XDG_CONFIG_HOME: '/cfg' }, '/home/ada/Library/Application Support/Socketeer'],
  ['linux', { SOCKETEER_PROFILE_DIR: '/rig', XDG_CONFIG_HOME: '/cfg' }, '/rig'],
] as const)('on %s with %j keeps profiles in %s', (platform, env, expected) => {
  expect(profileDirectory({ platform, env, home })).toBe(expected)
})

it('on Windows keeps them in %APPDATA%', () => {
  expect(profileDirectory({ platform: 'win32', env: { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' }, home })).toMatch(
    /Roaming.Socketeer$/,
  )
})
