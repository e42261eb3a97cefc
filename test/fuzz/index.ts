import { profiles, recordings, workspaces } from './files.js'
import { endpoints, reading, writing } from './payload.js'
import type { Property } from './property.js'
import { requests, views } from './requests.js'
import { strangers } from './zmtp.js'

export const properties: readonly Property[] = [
  requests,
  views,
  endpoints,
  reading,
  writing,
  workspaces,
  profiles,
  recordings,
  strangers,
]
