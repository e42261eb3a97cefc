import * as v from 'valibot'
import { RadioSettingsSchema } from './radio.js'
import { EndpointsSchema, TopicsSchema } from './settings.js'

/** Most presets of a profile. */
export const MAX_PRESETS = 200

/** A radio preset: where a subscriber listens, to what, and what of it is watched and drawn, kept under a name. */
export const PresetSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  endpoints: EndpointsSchema,
  topics: v.optional(TopicsSchema, ['']),
  radio: v.optional(RadioSettingsSchema, {}),
})
export type Preset = v.InferOutput<typeof PresetSchema>
