import { Native } from '../../src-main/engine/wire/native.js'
import { findLibraries, useWire } from '../../src-main/engine/wire/wire.js'

/** libzmq's C interface for a test of its own. Fails where the receiving thread does not work. */
export async function openNative(): Promise<Native> {
  const wire = await useWire()
  if (typeof wire === 'string') throw new Error(`The receiving thread does not work here: ${wire}`)
  const { koffi, files } = findLibraries()
  return new Native(koffi, files.addon)
}
