import { expect, test } from 'vitest'
import { profileOf } from '../../src-main/store/profile-name.js'

test('the last one named counts, in either spelling', () => {
  expect(profileOf(['--no-open'])).toBe('default')
  expect(profileOf(['--profile', 'rig', '--port', '0'])).toBe('rig')
  expect(profileOf(['--profile=rig', '--profile=bench-2'])).toBe('bench-2')
})

test.each(['', '..', 'a/b', 'a b', '.hidden', 'x'.repeat(65)])('%j is refused: it becomes a file name', (name) => {
  expect(() => profileOf(['--profile', name])).toThrow('--profile must be a name of letters')
})

test('an argument that is missing is no name', () => {
  expect(() => profileOf(['--profile'])).toThrow('--profile must be')
})
