import { Fault, MAX_LIBRARY, MAX_LIBRARY_SIZE, type LibraryMessage } from '../../src-main/contract/index.js'
import { locale } from '../lib/i18n.svelte.js'
import { newId } from '../lib/new-id.js'
import { m } from '../paraglide/messages.js'
import { MAX_LIBRARY_FILE, readLibraryFile, writeLibraryFile } from './library-file.js'

export type NewMessage = Omit<LibraryMessage, 'id'>

/** A file as a browser gives it. */
interface TextFile {
  readonly name: string
  readonly size: number
  text(): Promise<string>
}

/** Messages with a name, kept in the profile. Every window has them all; the last change wins. */
export class Library {
  readonly #save: (messages: readonly LibraryMessage[]) => void
  #messages = $state.raw<readonly LibraryMessage[]>([])
  #deleted = $state.raw<{ message: LibraryMessage; at: number } | undefined>(undefined)

  constructor(save: (messages: readonly LibraryMessage[]) => void) {
    this.#save = save
  }

  get messages(): readonly LibraryMessage[] {
    return this.#messages
  }
  /** What was deleted last and can still be had back. */
  get deleted(): LibraryMessage | undefined {
    return this.#deleted?.message
  }
  readonly folders = $derived(
    [...new Set(this.#messages.map(({ folder }) => folder))].filter((folder) => folder !== '').sort(compare),
  )

  /** As the profile has them. */
  take(messages: readonly LibraryMessage[]): void {
    this.#messages = messages
  }

  /** Folders in order, those without one first, each with its messages by name; only what `text` is found in. */
  grouped(text: string): { folder: string; messages: LibraryMessage[] }[] {
    const wanted = text.trim().toLowerCase()
    const found = this.#messages.filter(
      ({ name, folder, frames }) =>
        wanted === '' || [name, folder, ...frames].some((part) => part.toLowerCase().includes(wanted)),
    )
    return ['', ...this.folders]
      .map((folder) => ({
        folder,
        messages: found.filter((message) => message.folder === folder).sort((a, b) => compare(a.name, b.name)),
      }))
      .filter(({ messages }) => messages.length > 0)
  }

  /** Throws Fault `LIBRARY_FULL`. */
  add(message: NewMessage): LibraryMessage {
    const added = { ...message, id: newId() }
    this.#change([...this.#withoutKey(message.key), added])
    return added
  }
  /** Throws Fault `LIBRARY_FULL`. */
  replace(id: string, message: NewMessage): void {
    const others = this.#withoutKey(message.key, id)
    this.#change(others.map((old) => (old.id === id ? { ...message, id } : old)))
  }
  remove(id: string): void {
    const at = this.#messages.findIndex((message) => message.id === id)
    const message = this.#messages[at]
    if (message === undefined) return
    this.#deleted = { message, at }
    this.#change(this.#messages.toSpliced(at, 1))
  }
  undo(): void {
    if (this.#deleted === undefined) return
    const { message, at } = this.#deleted
    this.#deleted = undefined
    // Its shortcut may be another's by now.
    const key = this.byKey(message.key) === undefined ? message.key : 0
    this.#change(this.#messages.toSpliced(at, 0, { ...message, key }))
  }
  forgetDeleted(): void {
    this.#deleted = undefined
  }

  /** The message that a shortcut sends. */
  byKey(key: number): LibraryMessage | undefined {
    return key === 0 ? undefined : this.#messages.find((message) => message.key === key)
  }
  /** Keeps what was given for a message's variables. */
  remember(id: string, values: Readonly<Record<string, string>>): void {
    this.#change(
      this.#messages.map((message) =>
        message.id === id ? { ...message, values: { ...message.values, ...values } } : message,
      ),
    )
  }

  export(): string {
    return writeLibraryFile(this.#messages)
  }
  /** Adds what a file has and we have not. Throws Fault `BAD_LIBRARY_FILE` or `LIBRARY_FULL`, and then nothing is changed. */
  async import(file: TextFile): Promise<{ added: number; known: number }> {
    if (file.size > MAX_LIBRARY_FILE)
      throw new Fault(
        'BAD_LIBRARY_FILE',
        m.library_file_large({ file: file.name, limit: MAX_LIBRARY_FILE / 1024 / 1024 }),
      )
    const messages = readLibraryFile(file.name, await file.text())
    const same = ({ name, folder, format, frames }: NewMessage) => JSON.stringify([name, folder, format, frames])
    const known = new Set(this.#messages.map(same))
    const keys = new Set(this.#messages.map(({ key }) => key))
    const fresh: LibraryMessage[] = []
    for (const message of messages) {
      if (known.has(same(message))) continue
      known.add(same(message))
      // A shortcut stays with the message that has it here.
      const key = keys.has(message.key) ? 0 : message.key
      keys.add(key)
      fresh.push({ ...message, key, id: newId() })
    }
    if (fresh.length > 0) this.#change([...this.#messages, ...fresh])
    return { added: fresh.length, known: messages.length - fresh.length }
  }

  #withoutKey(key: number, except?: string): LibraryMessage[] {
    return this.#messages.map((old) => (key !== 0 && old.key === key && old.id !== except ? { ...old, key: 0 } : old))
  }
  #change(messages: readonly LibraryMessage[]): void {
    const grows = messages.length > this.#messages.length
    if (messages.length > MAX_LIBRARY || (grows && JSON.stringify(messages).length > MAX_LIBRARY_SIZE))
      throw new Fault('LIBRARY_FULL', m.library_full({ n: MAX_LIBRARY, limit: MAX_LIBRARY_SIZE / 1024 / 1024 }))
    this.#messages = messages
    this.#save(messages)
  }
}

/** `Step 2` before `Step 10`. */
function compare(a: string, b: string): number {
  return a.localeCompare(b, locale.current, { numeric: true })
}
