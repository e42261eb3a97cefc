import { afterAll } from 'vitest'
import { Native } from '../../src-main/engine/wire/native.js'
import { findLibraries, useWire } from '../../src-main/engine/wire/wire.js'

/** libzmq's C interface for the tests of one file, ended after them. Fails where the receiving thread does not work. */
export async function useNative(): Promise<Native> {
  const wire = await useWire()
  if (typeof wire === 'string') throw new Error(`The receiving thread does not work here: ${wire}`)
  const { koffi, files } = findLibraries()
  const native = new Native(koffi, files.addon)
  afterAll(() => native.end())
  return native
}
