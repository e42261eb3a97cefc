import * as v from 'valibot'
import { LibrarySchema } from './library.js'
import { MAX_PRESETS, PresetSchema } from './presets.js'
import { RuleSetSchema } from './rules.js'
import { drivers, SessionSettingsSchema } from './settings.js'

/** Raised by one for each step in the store's upgrade table. */
export const PROFILE_VERSION = 3

export const themes = ['system', 'light', 'dark'] as const
export const languages = ['en', 'zh-CN'] as const
export const desks = ['chat', 'radio', 'pipeline'] as const
export type Theme = (typeof themes)[number]
export type Language = (typeof languages)[number]
export type Desk = (typeof desks)[number]

/** What is kept between two runs: one document a profile. Desks add their sections here, each with a default. */
export const ProfileSchema = v.object({
  version: v.literal(PROFILE_VERSION),
  settings: v.optional(
    v.object({
      theme: v.optional(v.picklist(themes), 'system'),
      /** `system` follows the display language. */
      language: v.optional(v.picklist(['system', ...languages]), 'system'),
      /** Bytes that libzmq may hold beside the journals before the session behind it is closed; 0: never. */
      memoryBudget: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 512 * 1024 * 1024),
      /** Bytes that all journals share. */
      journalBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1024 * 1024)), 512 * 1024 * 1024),
      /** How sessions receive that do not say so themselves; left out: `auto`. */
      receive: v.optional(v.picklist(drivers)),
      /** Whether shortcuts without Ctrl or ⌘ are heard (`G C`); left out: they are. */
      letterKeys: v.optional(v.boolean()),
      /** Whether the system tells of a lost link while the window is hidden; left out: no. */
      notifyLost: v.optional(v.boolean()),
      /** Whether sockets stay open when the last window closes; left out: no. */
      keepOpen: v.optional(v.boolean()),
      /** Whether the tour was walked or left; left out: it offers itself in a profile without sessions. */
      toured: v.optional(v.boolean()),
      /** What becomes of the sockets that were open at the last end; left out: the person is asked. */
      reopen: v.optional(v.picklist(['always', 'never'])),
    }),
    {},
  ),
  /** Sessions as last left, in the side bar's order. */
  sessions: v.optional(v.array(SessionSettingsSchema), []),
  /** Which of them held sockets then. */
  open: v.optional(v.array(v.boolean())),
  layout: v.optional(v.object({ desk: v.optional(v.picklist(desks), 'chat') }), {}),
  /** Unsent text, by session or form: nothing typed is lost. */
  drafts: v.optional(v.record(v.string(), v.string()), {}),
  /** Sets of rules, by name. */
  rules: v.optional(v.pipe(v.array(RuleSetSchema), v.maxLength(1000)), []),
  library: v.optional(LibrarySchema, []),
  /** What subscribers can be tuned to, by name. */
  presets: v.optional(v.pipe(v.array(PresetSchema), v.maxLength(MAX_PRESETS)), []),
})
export type Profile = v.InferOutput<typeof ProfileSchema>

/** One section replaced as a whole; sections left out stay as they are. */
export const ProfilePatchSchema = v.partial(v.omit(ProfileSchema, ['version']))
export type ProfilePatch = v.InferInput<typeof ProfilePatchSchema>
