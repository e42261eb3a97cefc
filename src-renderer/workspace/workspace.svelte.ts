import { Fault, MAX_WORKSPACE, WORKSPACE_ENDING, type WorkspacePlan } from '../../src-main/contract/index.js'
import { saveFile } from '../lib/save-file.js'
import { readJson } from '../state/profile.svelte.js'
import type { Workbench } from '../state/workbench.svelte.js'

/** Workspaces that are offered again, and characters of one that is kept for that: a browser's store is small. */
const RECENT = 5
const RECENT_CHARACTERS = 500_000
const RECENT_KEY = 'socketeer.workspaces'

/** A workspace as it was when it was last opened or saved here: a page may not read a file again by itself. */
export interface RecentWorkspace {
  readonly name: string
  readonly text: string
  /** ms since 1970. */
  readonly time: number
}

/** A file that waits for the person's word: nothing of it has been done. */
export interface Asked {
  readonly name: string
  readonly text: string
  readonly plan: WorkspacePlan
}

/** Saving the workspace as a file and opening one, with what the person decides about it. */
export class WorkspaceFiles {
  readonly #bench: Workbench
  asked = $state.raw<Asked | undefined>(undefined)
  /** Places in the plan of sessions whose sockets are to be opened. */
  chosen = $state.raw<ReadonlySet<number>>(new Set())
  replace = $state(false)
  busy = $state(false)
  #recent = $state.raw<readonly RecentWorkspace[]>(readJson(localStorage.getItem(RECENT_KEY)) ?? [])

  constructor(bench: Workbench) {
    this.#bench = bench
  }

  /** Newest first. */
  get recent(): readonly RecentWorkspace[] {
    return this.#recent
  }

  async save(): Promise<void> {
    const text = await this.#bench.caller.call('workspace.save')
    const name = `workspace-${new Date().toISOString().slice(0, 10)}${WORKSPACE_ENDING}`
    saveFile(new Blob([text], { type: 'application/json' }), name)
    this.#remember({ name, text })
  }

  /** Has the person pick a file. */
  pick(): void {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = `${WORKSPACE_ENDING},application/json`
    input.onchange = () => {
      const file = input.files?.[0]
      if (file !== undefined) this.read(file).catch((error: unknown) => this.#bench.tell(error))
    }
    input.click()
  }

  async read(file: File): Promise<void> {
    if (file.size > MAX_WORKSPACE * 3)
      throw new Fault('BAD_WORKSPACE', `This is no workspace that Socketeer can open: it has ${file.size} bytes.`)
    await this.ask(file.name, await file.text())
  }

  /** Looks at what a file would bring, and asks. Rejects with Fault BAD_WORKSPACE. */
  async ask(name: string, text: string): Promise<void> {
    const plan = await this.#bench.caller.call('workspace.plan', { text })
    // What stays on this machine is ready to be opened; everything else has to be wanted.
    this.chosen = new Set(
      plan.sessions.flatMap(({ endpoints }, i) => (endpoints.every(({ reach }) => reach === 'machine') ? [i] : [])),
    )
    this.replace = false
    this.asked = { name, text, plan }
  }

  choose(at: number, open: boolean): void {
    const chosen = new Set(this.chosen)
    if (open) chosen.add(at)
    else chosen.delete(at)
    this.chosen = chosen
  }

  async open(): Promise<void> {
    const { asked } = this
    if (asked === undefined || this.busy) return
    this.busy = true
    try {
      const { replace } = this
      // Where it is all that there is, it looks as it did.
      const alone = replace || this.#bench.sessions.length === 0
      await this.#bench.caller.call('workspace.open', { text: asked.text, open: [...this.chosen], replace })
      if (alone) this.#bench.setDesk(asked.plan.desk)
      this.#remember(asked)
      this.asked = undefined
    } finally {
      this.busy = false
    }
  }

  #remember({ name, text }: { name: string; text: string }): void {
    if (text.length > RECENT_CHARACTERS) return
    this.#recent = [{ name, text, time: Date.now() }, ...this.#recent.filter((each) => each.name !== name)].slice(
      0,
      RECENT,
    )
    try {
      localStorage.setItem(RECENT_KEY, JSON.stringify(this.#recent))
    } catch {
      // The browser's store is full: then they are known until the page is loaded again.
    }
  }
}
