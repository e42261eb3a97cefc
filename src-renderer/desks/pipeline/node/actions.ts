import type { NodeAction, PipelineNode } from '../../../../src-main/contract/index.js'
import { m } from '../../../paraglide/messages.js'
import type { PipelineDesk } from '../pipeline.svelte.js'

export const actionWord = (action: NodeAction): string => m[`act_${action}`]()

/** What can be done with a node as it is now. A group's members differ, so that it can be told everything. */
export function actionsFor({ state, kind }: PipelineNode, group = false): NodeAction[] {
  if (kind === 'peer') return []
  if (group) return ['open', 'pause', 'resume', 'close', 'kill']
  switch (state) {
    case 'paused':
      return ['resume', 'close', 'kill']
    case 'opening':
      return ['close', 'kill']
    case 'closing':
      return ['kill']
    case 'crashed':
    case 'closed':
    case 'failed':
      return ['open']
    default:
      return ['pause', 'close', 'kill']
  }
}

/** Keys on a node in the graph: the first letter that tells. */
const keys: Readonly<Record<string, readonly NodeAction[]>> = {
  o: ['open', 'resume'],
  p: ['pause', 'resume'],
  c: ['close'],
  k: ['kill'],
}

/** The action of a key, if it makes sense now. */
export function actionOf(key: string, node: PipelineNode, group: boolean): NodeAction | undefined {
  const can = actionsFor(node, group)
  return keys[key]?.find((action) => can.includes(action))
}

export async function act(desk: PipelineDesk, node: PipelineNode, group: boolean, action: NodeAction): Promise<void> {
  const { bench } = desk
  const one = node.kind === 'worker' && !group
  const session = bench.session(node.session)
  const several = session?.settings.role === 'worker' && session.settings.workers > 1
  const info = await bench.caller.call('pipeline.act', {
    id: node.session,
    ...(one && several ? { worker: node.worker } : {}),
    action,
  })
  session?.change(info)
  await desk.graph.ask()
}
