import { Fault, type pipelineRequests } from '../contract/index.js'
import type { Engine } from '../engine/engine.js'
import type { Handlers } from './dispatch.js'

/** The handlers of the requests about work. */
export function pipelineHandlers(_engine: Engine): Pick<Handlers, keyof typeof pipelineRequests> {
  const soon = (): never => {
    throw new Fault('NOT_YET', 'This part of Socketeer cannot be asked yet.')
  }
  return {
    'pipeline.run': soon,
    'pipeline.feed': soon,
    'pipeline.steer': soon,
    'pipeline.runs': () => [],
    'pipeline.figures': soon,
    'pipeline.tasks': soon,
    'pipeline.lanes': soon,
    'pipeline.csv': soon,
    'pipeline.forget': soon,
    'pipeline.graph': soon,
    'pipeline.act': soon,
    'pipeline.tune': soon,
    'pipeline.scenario': soon,
    'pipeline.scenarioInfo': () => undefined,
    'pipeline.stopScenario': () => undefined,
    'pipeline.closeScenario': () => undefined,
  }
}
