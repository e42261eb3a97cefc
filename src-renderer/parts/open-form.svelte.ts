import {
  defaultEndpoints,
  defaultForward,
  type Answer,
  type DriverWish,
  type Endpoint,
  type FaultShape,
  type RoleName,
  type SessionSettings,
  type SessionSettingsInput,
} from '../../src-main/contract/index.js'
import type { Caller } from '../bridge/client.js'
import { readJson, type ProfileState } from '../state/profile.svelte.js'
import { faultOf } from '../state/workbench.svelte.js'
import { EndpointDraft } from './endpoint-field.svelte.js'
import { defaultNumbers, numberFields, readNumber, type NumberName } from './number-fields.js'
import { SecurityForm, type KeptSecurity } from './security/security-form.svelte.js'

/** A form as it is kept between two runs. */
interface Kept {
  name: string
  endpoints: Endpoint[]
  forward: Endpoint[]
  numbers: Partial<Record<NumberName, string>>
  plain: boolean
  strict: boolean
  ipv6: boolean
  topics: string
  answer: Answer['kind']
  answerText: string
  driver?: DriverWish
  security?: KeptSecurity
}

const defaults = (role: RoleName): Kept => ({
  name: '',
  endpoints: [...defaultEndpoints[role]],
  forward: role === 'worker' ? [...defaultForward] : [],
  numbers: {},
  plain: false,
  strict: false,
  ipv6: false,
  topics: '',
  answer: 'hand',
  answerText: '',
})

/** The settings of one role being written: for a new session, or for one that is to be reopened. */
export class OpenForm {
  readonly role: RoleName
  readonly #caller: Caller
  readonly #keep: (text: string) => void
  name = $state('')
  endpoints = $state.raw<readonly EndpointDraft[]>([])
  forward = $state.raw<readonly EndpointDraft[]>([])
  numbers = $state<Record<NumberName, string>>(defaultNumbers())
  plain = $state(false)
  strict = $state(false)
  ipv6 = $state(false)
  topics = $state('')
  answer = $state<Answer['kind']>('hand')
  answerText = $state('')
  /** How it receives; undefined: as the program does. */
  driver = $state<DriverWish | undefined>()
  busy = $state(false)
  fault = $state.raw<FaultShape | undefined>(undefined)
  readonly security: SecurityForm
  /** Addresses that others than this machine could reach unencrypted: opened when the person says so. */
  asking = $state.raw<readonly string[]>([])
  /** Of a reopened session: what is set elsewhere (a server's rules, what a radio watches) stays as it is. */
  #base: Partial<SessionSettings> = {}

  private constructor(caller: Caller, role: RoleName, keep: (text: string) => void) {
    this.#caller = caller
    this.role = role
    this.#keep = keep
    this.security = new SecurityForm(caller, () => this.changed())
  }

  /** For a new session: as it was left, or the defaults that everybody's first script uses. */
  static blank(caller: Caller, role: RoleName, profile: ProfileState): OpenForm {
    const key = `open ${role}`
    const form = new OpenForm(caller, role, (text) => profile.setDraft(key, text))
    form.#take({ ...defaults(role), ...readJson<Partial<Kept>>(profile.draft(key)) })
    return form
  }

  /** For a session that is to be reopened. */
  static of(caller: Caller, settings: SessionSettings): OpenForm {
    const form = new OpenForm(caller, settings.role, () => undefined)
    const { options } = settings
    form.#base = settings
    form.security.settings = settings.security
    form.name = settings.name
    form.endpoints = settings.endpoints.map((endpoint) => new EndpointDraft(caller, endpoint))
    form.ipv6 = options.ipv6
    const numbers: Record<string, unknown> = { ...options, ...settings }
    for (const { name } of numberFields(settings.role)) form.numbers[name] = String(numbers[name])
    if (settings.role === 'worker')
      form.forward = settings.forward.map((endpoint) => new EndpointDraft(caller, endpoint))
    if (settings.role === 'client') {
      form.plain = settings.envelope === 'plain'
      form.strict = settings.strict
    }
    if (settings.role === 'subscriber') form.topics = settings.topics.join('\n')
    if (settings.role === 'subscriber' || settings.role === 'sink') form.driver = settings.driver
    if (settings.role === 'server') {
      form.answer = settings.answer.kind
      if (settings.answer.kind === 'text') form.answerText = settings.answer.text
    }
    return form
  }

  reset(): void {
    this.#take(defaults(this.role))
    this.#keep('')
  }

  addEndpoint(which: 'endpoints' | 'forward'): void {
    const like = this[which].at(-1)?.value ?? { method: 'connect', address: '' }
    this[which] = [...this[which], this.#draft({ method: like.method, address: '' })]
  }
  removeEndpoint(which: 'endpoints' | 'forward', endpoint: EndpointDraft): void {
    this[which] = this[which].filter((each) => each !== endpoint)
    this.changed()
  }

  /** Number fields with something in them that will not do. */
  readonly badNumbers = $derived.by((): ReadonlySet<NumberName> => {
    const bad = numberFields(this.role).filter((field) => readNumber(field, this.numbers[field.name]) === undefined)
    return new Set(bad.map(({ name }) => name))
  })

  /** What is written, as settings. Call it once `badNumbers` is empty. */
  get settings(): SessionSettingsInput {
    const options: Record<string, number | boolean> = { ipv6: this.ipv6 }
    const own: Record<string, number> = {}
    for (const field of numberFields(this.role)) {
      const value = readNumber(field, this.numbers[field.name])
      if (value !== undefined) (field.option ? options : own)[field.name] = value
    }
    const common = {
      name: this.name.trim(),
      endpoints: this.endpoints.map(({ value }) => value),
      options,
      security: this.security.settings,
    }
    const written = this.#written(common, own)
    return { ...this.#base, ...written, options: { ...this.#base.options, ...written.options } } as SessionSettingsInput
  }

  #written(
    common: Pick<SessionSettingsInput, 'name' | 'endpoints' | 'options' | 'security'>,
    own: Record<string, number>,
  ): SessionSettingsInput {
    switch (this.role) {
      case 'server':
        return {
          role: 'server',
          ...common,
          answer: this.answer === 'text' ? { kind: 'text', text: this.answerText } : { kind: this.answer },
        }
      case 'client':
        return { role: 'client', ...common, ...own, envelope: this.plain ? 'plain' : 'correlated', strict: this.strict }
      case 'subscriber':
        return { role: 'subscriber', ...common, topics: [...new Set(this.topics.split('\n'))], driver: this.driver }
      case 'worker':
        return { role: 'worker', ...common, ...own, forward: this.forward.map(({ value }) => value) }
      case 'sink':
        return { role: 'sink', ...common, driver: this.driver }
      case 'publisher':
      case 'ventilator':
        return { role: this.role, ...common }
    }
  }

  /**
   * Checks everything once more, then hands the settings over. Says whether that went well. What others could reach unencrypted is asked about first.
   * @param sure the person was asked
   */
  async submit(hand: (settings: SessionSettingsInput) => Promise<unknown>, sure = false): Promise<boolean> {
    if (this.busy || this.badNumbers.size > 0 || this.security.missing !== undefined) return false
    this.busy = true
    this.fault = undefined
    try {
      const checks = await Promise.all([...this.endpoints, ...this.forward].map((endpoint) => endpoint.check()))
      if (checks.includes(false)) return false
      const open = [...this.endpoints, ...this.forward].filter((endpoint) => endpoint.reachable)
      const asking = this.security.kind === 'none' && !sure ? open.map(({ value }) => value.address) : []
      this.asking = asking
      if (asking.length > 0) return false
      await hand(this.settings)
      return true
    } catch (error) {
      this.fault = faultOf(error)
      return false
    } finally {
      this.busy = false
    }
  }

  /** Keeps what is written. Called by the fields that are not addresses. */
  changed(): void {
    const kept: Kept = {
      name: this.name,
      endpoints: this.endpoints.map(({ value }) => value),
      forward: this.forward.map(({ value }) => value),
      numbers: { ...this.numbers },
      plain: this.plain,
      strict: this.strict,
      ipv6: this.ipv6,
      topics: this.topics,
      answer: this.answer,
      answerText: this.answerText,
      ...(this.driver === undefined ? {} : { driver: this.driver }),
      security: this.security.kept,
    }
    this.asking = []
    this.#keep(JSON.stringify(kept))
  }

  #draft(endpoint: Endpoint): EndpointDraft {
    return new EndpointDraft(this.#caller, endpoint, () => this.changed())
  }

  #take(kept: Kept): void {
    this.name = kept.name
    this.endpoints = kept.endpoints.map((endpoint) => this.#draft(endpoint))
    this.forward = kept.forward.map((endpoint) => this.#draft(endpoint))
    this.numbers = { ...defaultNumbers(), ...kept.numbers }
    this.plain = kept.plain
    this.strict = kept.strict
    this.ipv6 = kept.ipv6
    this.topics = kept.topics
    this.answer = kept.answer
    this.answerText = kept.answerText
    this.driver = kept.driver
    this.security.kept = kept.security
  }
}
