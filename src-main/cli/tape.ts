import { basename, dirname, resolve } from 'node:path'
import * as v from 'valibot'
import { Fault, RecordingSettingsSchema, RECORDING_SUFFIX } from '../contract/index.js'
import type { Engine } from '../engine/engine.js'
import { Recording } from '../recording/recording.js'

/** The recording of a command. */
export interface Tape {
  /** Writes the rest, and says what there is. Throws the Fault that kept it from being whole; a second time it does nothing. */
  end(say: (line: string) => void): Promise<void>
}

/** Records every session of an engine from its first message on. Throws Fault `FILE_EXISTS`, `NO_FILE`, `READ_ONLY`, … @param stop called when it cannot go on */
export async function recordInto(file: string, engine: Engine, stop: (why: Fault) => void): Promise<Tape> {
  const place = { folder: dirname(resolve(file)), name: basename(file, RECORDING_SUFFIX), version: SOCKETEER_VERSION }
  const recording = new Recording('1', v.parse(RecordingSettingsSchema, { sessions: 'all' }), place, engine, () => {
    const { state, fault } = recording.info()
    if (state === 'failed' && fault !== undefined) stop(Fault.from(fault))
  })
  await recording.start()
  let ended = false
  return {
    async end(say) {
      if (ended) return
      ended = true
      await recording.stop()
      const { fault, saved, missing, files } = recording.info()
      if (fault !== undefined) throw Fault.from(fault)
      say(`recorded ${saved} ${saved === 1 ? 'message' : 'messages'} in ${files.join(', ')}`)
      if (missing > 0)
        throw new Fault('LOST', `${missing} messages came faster than they could be recorded and are missing.`, {
          missing,
        })
    },
  }
}
