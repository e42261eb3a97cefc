import {
  Fault,
  MAX_WORKSPACE,
  PROFILE_VERSION,
  WorkspaceSchema,
  type Profile,
  type ProfilePatch,
  type SessionSettings,
  type Workspace,
} from '../contract/index.js'
import { readDocument, Unusable } from './upgrade.js'

/** The text of a workspace file. */
export function writeWorkspace(profile: Profile, sessions: readonly SessionSettings[]): string {
  const { rules, library, presets, layout } = profile
  const workspace: Workspace = {
    kind: 'socketeer-workspace',
    version: PROFILE_VERSION,
    sessions: [...sessions],
    rules,
    library,
    presets,
    layout: { desk: layout.desk },
  }
  return `${JSON.stringify(workspace, undefined, 2)}\n`
}

/** Reads one, of this version or an older one. Throws Fault `BAD_WORKSPACE` with one sentence; nothing is changed by reading. */
export function readWorkspace(text: string): Workspace {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    throw new Fault('BAD_WORKSPACE', `This is no workspace that Socketeer can open: ${error.message}.`, {
      why: error.message,
    })
  }
}

function parse(text: string): Workspace {
  if (text.length > MAX_WORKSPACE)
    throw new Unusable(`it has ${text.length} characters, and a workspace may have ${MAX_WORKSPACE}`)
  return readDocument(text, WorkspaceSchema, ({ kind }) => {
    if (kind !== 'socketeer-workspace')
      throw new Unusable('it does not say that it is one (“kind” would be “socketeer-workspace”)')
  })
}

/** What it adds to a profile. Nothing that is there is written over: of two different ones with a name, the new one gets a number. */
export function additions(profile: Profile, workspace: Workspace): ProfilePatch {
  const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b)
  const rules = [...profile.rules]
  for (const set of workspace.rules)
    if (!rules.some((each) => same(each, set))) rules.push({ ...set, name: freeName(set.name, rules) })
  const presets = [...profile.presets]
  for (const preset of workspace.presets)
    if (!presets.some((each) => same(each, preset)))
      presets.push({ ...preset, id: freeId(preset.id, presets), name: freeName(preset.name, presets) })
  const library = [...profile.library]
  for (const message of workspace.library) {
    if (library.some((each) => same(each, message))) continue
    // A digit does one thing: what has it keeps it.
    const key = library.some((each) => each.key === message.key) ? 0 : message.key
    library.push({ ...message, id: freeId(message.id, library), key })
  }
  return { rules, presets, library }
}

function freeName(name: string, taken: readonly { name: string }[]): string {
  let free = name
  for (let n = 2; taken.some((each) => each.name === free); n++) free = `${name.slice(0, 190)} (${n})`
  return free
}

function freeId(id: string, taken: readonly { id: string }[]): string {
  let free = id
  for (let n = 2; taken.some((each) => each.id === free); n++) free = `${id.slice(0, 58)}-${n}`
  return free
}
