import { Fault, type ScenarioInfo, type ScenarioName } from '../../contract/index.js'
import type { Engine } from '../engine.js'
import { firstTakesAll } from './scenarios/first-takes-all.js'
import { highWaterMark } from './scenarios/high-water-mark.js'
import { idleSink } from './scenarios/idle-sink.js'
import { killedSink } from './scenarios/killed-sink.js'
import { killedWorker } from './scenarios/killed-worker.js'
import { slowWorker } from './scenarios/slow-worker.js'
import { Stage, type Script } from './scenarios/stage.js'

const scripts: Readonly<Record<ScenarioName, Script>> = {
  'first-takes-all': firstTakesAll,
  'slow-worker': slowWorker,
  'idle-sink': idleSink,
  'killed-worker': killedWorker,
  'killed-sink': killedSink,
  'high-water-mark': highWaterMark,
}

/** What every book on ZeroMQ says of pipelines, to be seen: one scenario at a time, on sessions of its own. */
export class Scenarios {
  readonly #engine: Engine
  #stage: Stage | undefined
  #count = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  info(): ScenarioInfo | undefined {
    return this.#stage?.info()
  }

  /** Begins one; the sessions of the one before it go. Throws Fault SCENARIO_GOES_ON. */
  async begin(name: ScenarioName): Promise<ScenarioInfo> {
    if (this.#stage?.running === true)
      throw new Fault('SCENARIO_GOES_ON', 'A scenario still goes on. Stop it, or wait until it is through.')
    const before = this.#stage
    const stage = new Stage(this.#engine, ++this.#count, name)
    this.#stage = stage
    await before?.close()
    void stage.play(scripts[name])
    return stage.info()
  }

  stop(): ScenarioInfo | undefined {
    this.#stage?.stop()
    return this.info()
  }

  /** Stops it and forgets its sessions; its runs stay. */
  async close(): Promise<ScenarioInfo | undefined> {
    await this.#stage?.close()
    return this.info()
  }
}
