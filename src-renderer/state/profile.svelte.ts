import type { Desk, Language, Preset, Profile, ProfilePatch, RuleSet, Theme } from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import { locale } from '../lib/i18n.svelte.js'
import { theme } from '../lib/theme.svelte.js'
import { Library } from './library.svelte.js'

/** Milliseconds that typing may rest before drafts are written to the profile. The tab's own store has them at once. */
const DRAFT_PAUSE = 400

/** What of the choices must be there before the engine has answered, so that nothing flashes. */
const LOOK = 'socketeer.look'
const DRAFT = 'socketeer.draft.'

type Settings = Profile['settings']

/**
 * What is kept between two runs, as this window has it: look, layout, drafts. Changes show at once and are written in the
 * background; what could not be written because the line was down is written when it is back.
 */
export class ProfileState {
  /** Messages with a name, for all desks. */
  readonly library = new Library((messages) => {
    this.#unsaved = { ...this.#unsaved, library: [...messages] }
    void this.#save()
  })
  readonly #caller: Caller
  #settings = $state.raw<Settings>({
    theme: 'system',
    language: 'system',
    memoryBudget: 512 * 1024 * 1024,
    journalBytes: 512 * 1024 * 1024,
  })
  #layout: Profile['layout'] = { desk: 'chat' }
  #rules = $state.raw<readonly RuleSet[]>([])
  #presets = $state.raw<readonly Preset[]>([])
  #drafts: Record<string, string> = {}
  #unsaved: ProfilePatch = {}
  /** Changes that are on their way to the engine: what it tells meanwhile may be older than they are. */
  readonly #sending = new Set<ProfilePatch>()
  #draftTimer: ReturnType<typeof setTimeout> | undefined
  #attached = false

  constructor(caller: Caller) {
    this.#caller = caller
    const look = readJson<Partial<Settings>>(localStorage.getItem(LOOK))
    if (look !== undefined) this.#settings = { ...this.#settings, ...look }
    this.#show()
  }

  get theme(): Theme {
    return this.#settings.theme
  }
  get language(): Language | 'system' {
    return this.#settings.language
  }
  get desk(): Desk {
    return this.#layout.desk
  }

  /** The document as the engine has it: at (re)attaching, and when another window changed it. */
  take(profile: Profile): void {
    this.#attached = true
    const ours: ProfilePatch = Object.assign({}, ...this.#sending, this.#unsaved)
    if (ours.settings === undefined) this.#settings = profile.settings
    if (ours.layout === undefined) this.#layout = profile.layout
    if (ours.rules === undefined) this.#rules = profile.rules
    if (ours.presets === undefined) this.#presets = profile.presets
    if (ours.library === undefined) this.library.take(profile.library)
    this.#drafts = { ...profile.drafts, ...(ours.drafts as Record<string, string> | undefined) }
    this.#show()
    if (Object.keys(this.#unsaved).length > 0) void this.#save()
  }

  /** What subscribers can be tuned to. */
  get presets(): readonly Preset[] {
    return this.#presets
  }
  setPresets(presets: readonly Preset[]): void {
    this.#presets = presets
    this.#unsaved = { ...this.#unsaved, presets: [...presets] }
    void this.#save()
  }

  /** Sets of rules that have a name. */
  get rules(): readonly RuleSet[] {
    return this.#rules
  }
  setRules(rules: readonly RuleSet[]): void {
    this.#rules = rules
    this.#unsaved = { ...this.#unsaved, rules: [...rules] }
    void this.#save()
  }

  /** All settings; not to be changed in place. */
  get settings(): Settings {
    return this.#settings
  }
  setTheme(choice: Theme): void {
    this.setSettings({ theme: choice })
  }
  setLanguage(choice: Language | 'system'): void {
    this.setSettings({ language: choice })
  }
  /** @param change what is undefined in it is left out from now on */
  setSettings(change: { readonly [K in keyof Settings]?: Settings[K] | undefined }): void {
    const settings = { ...this.#settings, ...change }
    this.#settings = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Settings
    this.#unsaved = { ...this.#unsaved, settings: this.#settings }
    this.#show()
    void this.#save()
  }
  setDesk(desk: Desk): void {
    this.#layout = { ...this.#layout, desk }
    this.#unsaved = { ...this.#unsaved, layout: this.#layout }
    void this.#save()
  }

  /** Unsent text. This tab's own comes first: two windows may be typing under the same name. */
  draft(key: string): string {
    return sessionStorage.getItem(DRAFT + key) ?? this.#drafts[key] ?? ''
  }
  setDraft(key: string, text: string): void {
    try {
      sessionStorage.setItem(DRAFT + key, text)
    } catch {
      // The tab's store is full (about 5 MB): the profile below still takes it.
    }
    const drafts = { ...this.#drafts }
    if (text === '') delete drafts[key]
    else drafts[key] = text
    this.#drafts = drafts
    this.#unsaved = { ...this.#unsaved, drafts }
    clearTimeout(this.#draftTimer)
    this.#draftTimer = setTimeout(() => void this.#save(), DRAFT_PAUSE)
  }
  /** Writes at once what waits: the page is about to be hidden or left. */
  flush(): void {
    clearTimeout(this.#draftTimer)
    if (Object.keys(this.#unsaved).length > 0) void this.#save()
  }

  #show(): void {
    const { theme: light, language } = this.#settings
    theme.set(light)
    locale.set(language)
    document.documentElement.lang = locale.current
    localStorage.setItem(LOOK, JSON.stringify({ theme: light, language }))
  }

  async #save(): Promise<void> {
    if (!this.#attached) return
    const patch = this.#unsaved
    this.#unsaved = {}
    this.#sending.add(patch)
    try {
      await this.#caller.call('profile.update', { patch })
    } catch {
      // Newer changes win over the ones that could not be written.
      this.#unsaved = { ...patch, ...this.#unsaved }
    } finally {
      this.#sending.delete(patch)
    }
  }
}

export function readJson<T>(text: string | null): T | undefined {
  if (text === null || text === '') return undefined
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
