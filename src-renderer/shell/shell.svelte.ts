import type { RoleName, SessionSettingsInput } from '../../src-main/contract/index.js'
import { Panes } from '../parts/panes.js'
import { Palette } from '../palette/palette.svelte.js'
import { Shortcuts } from '../palette/shortcuts.js'
import type { Workbench } from '../state/workbench.svelte.js'
import { Restore } from '../workspace/restore.svelte.js'
import { WorkspaceFiles } from '../workspace/workspace.svelte.js'
import { Tour } from '../tour/tour.svelte.js'
import type { SessionDialog } from './session-menu.js'
import { shellActions } from './shell-actions.js'

/** A form for a new session, with what it is for. */
export interface Opening {
  readonly role: RoleName
  /** What it begins with; the role's own defaults if left out. */
  readonly settings?: SessionSettingsInput
}

/** Dialogs that belong to no desk. */
export type ShellDialog = 'keys' | 'about' | 'map' | 'help' | 'settings' | 'recordings'

/** What lies around the desks: the palette, the shortcuts, and the dialogs that they open. */
export class Shell {
  readonly bench: Workbench
  readonly palette: Palette
  readonly shortcuts: Shortcuts
  readonly files: WorkspaceFiles
  readonly restore: Restore
  readonly panes: Panes
  readonly tour: Tour
  dialog = $state<ShellDialog | undefined>(undefined)
  opening = $state.raw<Opening | undefined>(undefined)
  /** What a session's menu asks about. */
  asked = $state.raw<SessionDialog | undefined>(undefined)

  constructor(bench: Workbench) {
    this.bench = bench
    this.panes = new Panes(bench)
    this.tour = new Tour(bench)
    this.files = new WorkspaceFiles(bench)
    this.restore = new Restore(bench)
    this.palette = new Palette(bench.actions, (error) => bench.tell(error))
    this.shortcuts = new Shortcuts({
      actions: () => bench.actions.all,
      run: (action) => void this.palette.run(action),
      letters: () => bench.profile.settings.letterKeys !== false,
    })
    bench.actions.register(() => shellActions(this))
    // The desktop app's menu, and files that the system hands over.
    bench.caller.on('act', ({ id }) => {
      const action = bench.actions.all.find((each) => each.id === id)
      if (action !== undefined && action.ready !== false) void this.palette.run(action)
    })
    bench.caller.on('workspaceFile', ({ name, text }) => {
      this.files.ask(name, text).catch((error: unknown) => bench.tell(error))
    })
  }

  /** Takes a recording that was dropped on the window, and shows how far that is. */
  async bring(file: File): Promise<void> {
    this.dialog = 'recordings'
    if (await this.bench.recordings.bring(file)) this.dialog = undefined
  }
}
