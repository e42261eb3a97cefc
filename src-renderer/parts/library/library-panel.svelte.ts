import type { FaultShape, LibraryMessage } from '../../../src-main/contract/index.js'
import { saveFile } from '../../lib/save-file.js'
import { fillVariables, variablesOf } from '../../lib/variables.js'
import { m } from '../../paraglide/messages.js'
import type { Library, NewMessage } from '../../state/library.svelte.js'
import { faultOf } from '../../state/workbench.svelte.js'
import type { Composer, Draft } from '../composer.svelte.js'

/** Sends frames as the composer's desk does; undefined: nothing can be sent now. */
export type Send = (draft: Draft) => Promise<boolean>

/** What to do with a message of which every variable is known. */
export type Use = 'send' | 'put'

/** What stands in the panel: the list, a message being edited, or one whose variables are asked for. */
type Page =
  | { readonly at: 'list' }
  | { readonly at: 'edit'; readonly id: string | undefined }
  | { readonly at: 'ask'; readonly message: LibraryMessage; readonly use: Use }

/** The library as one composer shows it. */
export class LibraryPanel {
  readonly library: Library
  readonly composer: Composer
  readonly #send: (draft: Draft) => Promise<boolean>
  open = $state(false)
  search = $state('')
  #page = $state.raw<Page>({ at: 'list' })
  /** The message being edited. */
  draft = $state<NewMessage>(blank())
  /** Values being asked for, by name. */
  values = $state<Record<string, string>>({})
  fault = $state.raw<FaultShape | undefined>(undefined)
  /** What was done last, in words; it takes the place of what could be had back. */
  #said = $state.raw<(() => string) | undefined>(undefined)

  constructor(composer: Composer, send: (draft: Draft) => Promise<boolean>) {
    this.composer = composer
    this.library = composer.library
    this.#send = send
  }

  get page(): Page {
    return this.#page
  }
  get said(): string | undefined {
    return this.#said?.()
  }
  readonly groups = $derived.by(() => this.library.grouped(this.search))
  readonly shown = $derived(this.groups.reduce((sum, { messages }) => sum + messages.length, 0))

  show(): void {
    this.#page = { at: 'list' }
    this.search = ''
    this.fault = undefined
    this.#said = undefined
    this.library.forgetDeleted()
    this.open = true
  }
  back(): void {
    this.fault = undefined
    this.#page = { at: 'list' }
  }

  /** Sends a message or puts it into the composer; asks for its variables first, if it has any. */
  async use(message: LibraryMessage, use: Use): Promise<void> {
    const names = variablesOf(message.frames)
    if (names.length === 0) {
      await this.#do(message, use, message.frames)
      return
    }
    this.values = Object.fromEntries(names.map((name) => [name, message.values[name] ?? '']))
    this.fault = undefined
    this.#page = { at: 'ask', message, use }
    this.open = true
  }
  /** The same with the variables as they have been given. */
  async useFilled(): Promise<void> {
    if (this.#page.at !== 'ask') return
    const { message, use } = this.#page
    const values = { ...this.values }
    try {
      this.library.remember(message.id, values)
    } catch (error) {
      this.fault = faultOf(error)
      return
    }
    await this.#do(message, use, fillVariables(message.frames, values))
  }
  /** What a shortcut does. False where no message has it. */
  useKey(key: number): boolean {
    const message = this.library.byKey(key)
    if (message !== undefined) void this.use(message, 'send')
    return message !== undefined
  }

  async #do(message: LibraryMessage, use: Use, frames: readonly string[]): Promise<void> {
    const draft: Draft = { format: message.format, frames }
    if (use === 'put') {
      this.composer.put(draft)
      this.open = false
      return
    }
    this.fault = undefined
    this.#said = undefined
    if (!(await this.#send(draft))) {
      // Within the panel the composer's own note cannot be seen.
      if (this.open) {
        this.fault = this.composer.fault
        this.composer.dismiss()
      }
      return
    }
    this.#page = { at: 'list' }
    this.#say(() => m.library_sent({ name: message.name }))
  }

  /** Begins with what is being written. */
  keep(): void {
    const { format, frames } = this.composer
    this.draft = { ...blank(), format, frames: [...frames] }
    this.#edit(undefined)
  }
  edit({ id, ...message }: LibraryMessage): void {
    this.draft = { ...message, frames: [...message.frames] }
    this.#edit(id)
  }
  #edit(id: string | undefined): void {
    this.fault = undefined
    this.#page = { at: 'edit', id }
  }
  save(): void {
    if (this.#page.at !== 'edit') return
    const { id } = this.#page
    const draft = $state.snapshot(this.draft)
    const message = { ...draft, name: draft.name.trim(), folder: draft.folder.trim() }
    this.#attempt(() => {
      if (id === undefined) this.library.add(message)
      else this.library.replace(id, message)
      this.#page = { at: 'list' }
    })
  }
  remove(id: string): void {
    this.#said = undefined
    this.#attempt(() => {
      this.library.remove(id)
    })
  }
  undo(): void {
    this.#attempt(() => {
      this.library.undo()
    })
  }

  export(): void {
    saveFile(new Blob([this.library.export()], { type: 'application/json' }), 'messages.library.json')
  }
  async import(file: File): Promise<void> {
    this.fault = undefined
    this.#said = undefined
    try {
      const { added, known } = await this.library.import(file)
      this.#say(() => m.library_imported({ added, known }))
    } catch (error) {
      this.fault = faultOf(error)
    }
  }

  #say(words: () => string): void {
    this.library.forgetDeleted()
    this.#said = words
  }

  #attempt(action: () => void): void {
    this.fault = undefined
    try {
      action()
    } catch (error) {
      this.fault = faultOf(error)
    }
  }
}

function blank(): NewMessage {
  return { name: '', folder: '', format: 'text', frames: [''], values: {}, key: 0 }
}
