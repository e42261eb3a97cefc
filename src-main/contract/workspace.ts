import * as v from 'valibot'
import { LibrarySchema } from './library.js'
import { MAX_PRESETS, PresetSchema } from './presets.js'
import { desks, PROFILE_VERSION } from './profile.js'
import { RuleSetSchema } from './rules.js'
import { SessionSettingsSchema, type Endpoint } from './settings.js'

/** Characters of a workspace file at most. */
export const MAX_WORKSPACE = 16 * 1024 * 1024
/** How the name of a workspace file ends. */
export const WORKSPACE_ENDING = '.socketeer.json'

/**
 * What a person arranged, as a file to hand on: sessions with their endpoints, rules, messages, presets. Its parts are the profile's, so it shares the profile's
 * version and its way up. It holds no message that was sent or received, no secret, and nothing of the machine but addresses.
 */
export const WorkspaceSchema = v.object({
  kind: v.literal('socketeer-workspace'),
  version: v.literal(PROFILE_VERSION),
  sessions: v.optional(v.pipe(v.array(SessionSettingsSchema), v.maxLength(1000)), []),
  rules: v.optional(v.pipe(v.array(RuleSetSchema), v.maxLength(1000)), []),
  library: v.optional(LibrarySchema, []),
  presets: v.optional(v.pipe(v.array(PresetSchema), v.maxLength(MAX_PRESETS)), []),
  layout: v.optional(v.object({ desk: v.optional(v.picklist(desks), 'chat') }), {}),
})
export type Workspace = v.InferOutput<typeof WorkspaceSchema>

/**
 * How far an address reaches. `machine`: loopback or inproc. `file`: a path on this machine, where binding makes a file and connecting may reach
 * any program. `network`: beyond this machine. `wrong`: it cannot be opened at all.
 */
export const reaches = ['machine', 'file', 'network', 'wrong'] as const
export type Reach = (typeof reaches)[number]

/** What a workspace file would bring, before anything of it is done. */
export interface WorkspacePlan {
  readonly sessions: readonly {
    readonly name: string
    readonly role: Workspace['sessions'][number]['role']
    readonly endpoints: readonly (Endpoint & { readonly reach: Reach })[]
  }[]
  readonly rules: number
  readonly library: number
  readonly presets: number
  /** The one that was on the screen. */
  readonly desk: Workspace['layout']['desk']
}
