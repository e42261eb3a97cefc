import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { app, dialog } from 'electron'
import { Fault, MAX_WORKSPACE, RECORDING_SUFFIX } from '../contract/index.js'
import type { Memory } from './memory.js'
import { fill, type Words } from './words.js'

/** Bytes that a character of a workspace has at most. */
const WIDEST = 3

export interface FileOptions {
  words: () => Words
  memory: Memory
  /** Has the page ask what becomes of a workspace: nothing of it is done before. */
  ask: (file: { name: string; text: string }) => void
  /** Reads a recording, wherever it lies, and shows it. Rejects with the Fault that says why not. */
  show: (path: string) => Promise<void>
}

/** What of ours can be picked, by its endings as the system's dialog has them. */
const KINDS = { workspaceFile: ['json'], recordingFile: [RECORDING_SUFFIX.slice(1)] }

/** Files that the system, or the person in the native menu, wants opened. One that cannot be is a question box, and is offered no more. */
export class Files {
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
  pick(kind: keyof typeof KINDS): void {
    const w = this.#options.words()
    dialog
      .showOpenDialog({ properties: ['openFile'], filters: [{ name: w[kind], extensions: KINDS[kind] }] })
      .then(({ filePaths: [path] }) => {
        if (path !== undefined) this.open(path)
      })
      .catch((error: unknown) => console.error(`Could not ask for a file: ${String(error)}`))
  }

  async #open(path: string): Promise<void> {
    if (path.toLowerCase().endsWith(RECORDING_SUFFIX)) await this.#options.show(path)
    else this.#options.ask({ name: basename(path), text: await textOf(path) })
    this.#options.memory.opened(path)
    app.addRecentDocument(path)
  }

  async #refuse(path: string, error: unknown): Promise<void> {
    const w = this.#options.words()
    this.#options.memory.forget(path)
    const detail = error instanceof Error ? error.message : String(error)
    await dialog.showMessageBox({
      type: 'warning',
      message: fill(w.fileBad, { name: basename(path) }),
      detail,
      buttons: [w.ok],
    })
  }
}

/** What a workspace file says. Throws Fault BAD_WORKSPACE, or what the disk says. */
async function textOf(path: string): Promise<string> {
  const { size } = await stat(path)
  if (size > MAX_WORKSPACE * WIDEST)
    throw new Fault('BAD_WORKSPACE', `This is no workspace that Socketeer can open: it has ${size} bytes.`)
  return readFile(path, 'utf8')
}
