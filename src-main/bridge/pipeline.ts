import type { pipelineRequests } from '../contract/index.js'
import type { Engine } from '../engine/engine.js'
import type { Handlers } from './dispatch.js'

/** The handlers of the requests about work. */
export function pipelineHandlers({ pipeline }: Engine): Pick<Handlers, keyof typeof pipelineRequests> {
  return {
    'pipeline.run': ({ id, work }) => pipeline.run(id, work).summary(),
    'pipeline.feed': async ({ run, text, last }) => {
      await pipeline.feed(run, text, last)
      return undefined
    },
    'pipeline.steer': ({ run, to }) => pipeline.steer(run, to),
    'pipeline.runs': () => pipeline.runs(),
    'pipeline.figures': ({ run }) => pipeline.figures(run),
    'pipeline.tasks': ({ run, filter, from, count }) => pipeline.tasks(run, filter, from, count),
    'pipeline.lanes': ({ run, ...wanted }) => pipeline.lanes(run, wanted),
    'pipeline.csv': ({ run, filter, at }) => pipeline.csv(run, filter, at),
    'pipeline.forget': ({ run }) => {
      pipeline.forget(run)
      return undefined
    },
    'pipeline.graph': ({ since }) => pipeline.graph(since),
    'pipeline.act': ({ id, worker, action }) => pipeline.act(id, action, worker),
    'pipeline.tune': ({ id, ventilator, worker }) => pipeline.tune(id, ventilator, worker),
    'pipeline.scenario': ({ name }) => pipeline.scenarios.begin(name),
    'pipeline.scenarioInfo': () => pipeline.scenarios.info(),
    'pipeline.stopScenario': () => pipeline.scenarios.stop(),
    'pipeline.closeScenario': () => pipeline.scenarios.close(),
  }
}
