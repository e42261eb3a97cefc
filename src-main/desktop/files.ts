import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { app, dialog } from 'electron'
import { Fault, MAX_WORKSPACE } from '../contract/index.js'
import type { Memory } from './memory.js'
import type { Words } from './words.js'

/** Bytes that a character of a workspace has at most. */
const WIDEST = 3

export interface FileOptions {
  words: () => Words
  memory: Memory
  /** Has the page ask what becomes of it: nothing of it is done before. */
  ask: (file: { name: string; text: string }) => void
}

/** Files that the system, or the person in the native menu, wants opened. One that cannot be is a question box, and is offered no more. */
export class WorkspaceFiles {
  readonly #options: FileOptions

  constructor(options: FileOptions) {
    this.#options = options
  }

  open(path: string): void {
    this.#open(path).catch((error: unknown) => this.#refuse(path, error))
  }

  /** Offers none of them any more, here or in the system's own list. */
  forgetAll(): void {
    this.#options.memory.forget()
    app.clearRecentDocuments()
  }

  /** Has the person pick one. */
  pick(): void {
    const w = this.#options.words()
    dialog
      .showOpenDialog({ properties: ['openFile'], filters: [{ name: w.workspaceFile, extensions: ['json'] }] })
      .then(({ filePaths: [path] }) => {
        if (path !== undefined) this.open(path)
      })
      .catch((error: unknown) => console.error(`Could not ask for a file: ${String(error)}`))
  }

  async #open(path: string): Promise<void> {
    const { size } = await stat(path)
    if (size > MAX_WORKSPACE * WIDEST)
      throw new Fault('BAD_WORKSPACE', `This is no workspace that Socketeer can open: it has ${size} bytes.`)
    const text = await readFile(path, 'utf8')
    this.#options.memory.opened(path)
    app.addRecentDocument(path)
    this.#options.ask({ name: basename(path), text })
  }

  async #refuse(path: string, error: unknown): Promise<void> {
    const w = this.#options.words()
    this.#options.memory.forget(path)
    const detail = error instanceof Error ? error.message : String(error)
    await dialog.showMessageBox({ type: 'warning', message: w.fileBad, detail, buttons: [w.ok] })
  }
}
