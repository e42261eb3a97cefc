import {
  WORKSPACE_ENDING,
  desks,
  languages,
  roleNames,
  themes,
  type Desk,
  type RoleName,
} from '../../src-main/contract/index.js'
import { copyText } from '../lib/clipboard.js'
import { locale } from '../lib/i18n.svelte.js'
import { patternWord, roleDoes, roleTitle } from '../lib/words.js'
import { m } from '../paraglide/messages.js'
import type { Action } from '../palette/actions.svelte.js'
import { OWN } from '../palette/palette.svelte.js'
import { deskOf } from '../state/workbench.svelte.js'
import type { Shell } from './shell.svelte.js'
import { sessionActions } from './session-menu.js'
import { newWindow } from './windows.js'

/** Names, not words: the same in every language. */
export const deskNames: Readonly<Record<Desk, string>> = { chat: 'Chat', radio: 'Radio', pipeline: 'Pipeline' }
/** The second key of `N …`: a new session of that role. */
const roleKeys: Readonly<Record<RoleName, string>> = {
  server: 'S',
  client: 'C',
  publisher: 'P',
  subscriber: 'U',
  ventilator: 'V',
  worker: 'W',
  sink: 'K',
}
const languageWords = { en: m.language_en, 'zh-CN': m.language_zh }
const themeWords = { system: m.theme_system, light: m.theme_light, dark: m.theme_dark }

/** What can be done whatever is on the screen. A Chinese screen finds it by its English name too. */
export function shellActions(shell: Shell): Action[] {
  return [
    ...undo(shell),
    ...goTo(shell),
    ...create(shell),
    ...(shell.bench.alone ? [] : sessionActions(shell)),
    ...windows(shell),
    ...workspace(shell),
    ...recording(shell),
    ...look(shell),
    ...help(shell),
  ]
}

const english = { locale: 'en' } as const

function undo({ bench }: Shell): Action[] {
  return [
    {
      id: 'undo',
      group: 'session',
      title: m.undo(),
      words: m.undo({}, english),
      detail: m.undo_what(),
      keys: 'Mod+Z',
      ready: bench.canUndo,
      run: () => bench.undo(),
    },
  ]
}

function goTo(shell: Shell): Action[] {
  const { bench } = shell
  // A window of one role stays with it.
  if (bench.alone) return []
  return [
    ...desks.map((desk): Action => ({
      id: `go ${desk}`,
      group: 'go',
      title: m.go_desk({ desk: deskNames[desk] }),
      words: `${m.go_desk({ desk: deskNames[desk] }, english)} ${m[`pattern_${desk}`]({}, english)}`,
      detail: patternWord(desk),
      keys: `G ${deskNames[desk][0] ?? ''}`,
      run: () => bench.setDesk(desk),
    })),
    {
      id: 'go map',
      group: 'go',
      title: m.map_title(),
      words: m.map_title({}, english),
      detail: m.map_detail(),
      keys: 'G M',
      run: () => (shell.dialog = 'map'),
    },
    ...bench.sessions.map((session): Action => ({
      id: `go session ${session.id}`,
      group: 'go',
      title: m.go_session({ name: session.name }),
      words: `${m.go_session({ name: session.name }, english)} ${session.role} ${deskNames[deskOf(session.role)]}`,
      detail: session.address,
      run: () => bench.pick(session),
    })),
  ]
}

function create(shell: Shell): Action[] {
  const { bench } = shell
  if (bench.alone) return []
  return [
    ...roleNames.map((role): Action => ({
      id: `new ${role}`,
      group: 'new',
      title: `${m.new_session({ role: roleTitle(role) })}…`,
      words: `${m.new_session({ role }, english)} ${roleDoes(role)}`,
      keys: `N ${roleKeys[role]}`,
      run: () => (shell.opening = { role }),
    })),
    ...desks.map((desk): Action => ({
      id: `demo ${desk}`,
      group: 'new',
      title: m.new_demo({ desk: deskNames[desk] }),
      words: m.new_demo({ desk: deskNames[desk] }, english),
      run: () => bench.startDemo(desk),
    })),
  ]
}

function windows({ bench }: Shell): Action[] {
  return roleNames.map((role): Action => ({
    id: `window ${role}`,
    group: 'window',
    title: `${m.window_new({ role: roleTitle(role) })}…`,
    words: m.window_new({ role }, english),
    keys: `W ${roleKeys[role]}`,
    run: () => newWindow(bench, role),
  }))
}

function workspace({ bench, files }: Shell): Action[] {
  if (bench.alone) return []
  return [
    {
      id: 'workspace save',
      group: 'file',
      title: m.workspace_save(),
      words: m.workspace_save({}, english),
      detail: WORKSPACE_ENDING,
      keys: 'Mod+S',
      run: () => files.save(),
    },
    {
      id: 'workspace open',
      group: 'file',
      title: m.workspace_open_file(),
      words: m.workspace_open_file({}, english),
      keys: 'Mod+O',
      run: () => files.pick(),
    },
    ...files.recent.map(({ name, text, time }): Action => ({
      id: `workspace ${name}`,
      group: 'file',
      title: m.workspace_open_recent({ name }),
      words: m.workspace_open_recent({ name }, english),
      detail: m.workspace_as_of({ time: new Date(time).toLocaleString(locale.current) }),
      run: () => files.ask(name, text),
    })),
  ]
}

function recording(shell: Shell): Action[] {
  const { recordings } = shell.bench
  return [
    {
      id: 'record all',
      group: 'file',
      title: m.palette_of({ action: m.recording_start(), name: m.recording_all() }),
      words: `${m.recording_start({}, english)} ${m.recording_all({}, english)}`,
      keys: 'R A',
      run: async () => {
        if (!(await recordings.start())) shell.dialog = 'recordings'
      },
    },
    ...recordings.running.map(({ id, files, settings }): Action => ({
      id: `record stop ${id}`,
      group: 'file',
      title: m.palette_of({ action: m.recording_stop(), name: files.at(-1) ?? settings.name ?? '' }),
      words: m.recording_stop({}, english),
      run: () => recordings.stop(id),
    })),
    {
      id: 'recordings',
      group: 'file',
      title: `${m.recordings()}…`,
      words: m.recordings({}, english),
      keys: 'R O',
      run: () => (shell.dialog = 'recordings'),
    },
  ]
}

function look(shell: Shell): Action[] {
  const { bench } = shell
  return [
    {
      id: 'settings',
      group: 'view',
      title: `${m.settings()}…`,
      words: `${m.settings({}, english)} settings`,
      keys: 'Mod+,',
      run: () => (shell.dialog = 'settings'),
    },
    ...themes.map((theme): Action => ({
      id: `theme ${theme}`,
      group: 'view',
      title: m.palette_of({ action: m.theme(), name: themeWords[theme]() }),
      words: `${m.theme({}, english)} ${themeWords[theme]({}, english)}`,
      run: () => bench.profile.setTheme(theme),
    })),
    ...languages.map((language): Action => ({
      id: `language ${language}`,
      group: 'view',
      title: m.palette_of({ action: m.language(), name: languageWords[language]() }),
      words: m.language({}, english),
      run: () => bench.profile.setLanguage(language),
    })),
  ]
}

/** Loaded when it is wanted, like the dialog that shows it. */
async function copyDiagnostics(bench: Shell['bench']): Promise<void> {
  const { diagnosticsOf } = await import('../about/diagnostics.js')
  await copyText(diagnosticsOf(bench, await bench.caller.call('app.receive').catch(() => undefined)))
}

function help(shell: Shell): Action[] {
  return [
    {
      id: 'help',
      group: 'help',
      title: m.help(),
      words: m.help({}, english),
      detail: m.help_detail(),
      keys: 'F1',
      run: () => (shell.dialog = 'help'),
    },
    ...(shell.bench.alone
      ? []
      : [
          {
            id: 'tour',
            group: 'help',
            title: m.help_tour(),
            words: m.help_tour({}, english),
            run: () => shell.tour.start(),
          } as const,
        ]),
    {
      id: 'about',
      group: 'help',
      title: m.about(),
      words: m.about({}, english),
      run: () => (shell.dialog = 'about'),
    },
    {
      id: 'diagnostics',
      group: 'help',
      title: m.about_copy(),
      words: m.about_copy({}, english),
      run: () => copyDiagnostics(shell.bench),
    },
    {
      id: OWN,
      group: 'help',
      title: m.palette(),
      words: m.palette({}, english),
      keys: 'Mod+K',
      run: () => shell.palette.show(),
    },
    {
      id: 'keys',
      group: 'help',
      title: m.keys(),
      words: m.keys({}, english),
      keys: '?',
      run: () => (shell.dialog = 'keys'),
    },
  ]
}
