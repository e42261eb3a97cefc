/**
 * The texts of the screen: compiled by paraglide into src-renderer/paraglide, and checked first, because paraglide itself
 * is content with a message that a language lacks, and even (when its plugin is not found) with no messages at all.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './root.mjs'

/** For paraglide's compiler and for its Vite plugin. The renderer keeps the locale itself, so no cookie and no URL. */
export const paraglideOptions = {
  project: join(root, 'project.inlang'),
  outdir: join(root, 'src-renderer/paraglide'),
  /** @type {['globalVariable', 'baseLocale']} */
  strategy: ['globalVariable', 'baseLocale'],
  emitGitIgnore: false,
  emitReadme: false,
}

/**
 * What is wrong between languages: a message that one has and another has not, and a value (`{name}`) that one uses and
 * another does not.
 * @param {Record<string, Record<string, unknown>>} languages messages by language; the first is the one to compare with
 * @returns {string[]} one sentence for each fault
 */
export function differences(languages) {
  const [base, ...others] = Object.entries(languages)
  if (base === undefined) return ['There are no messages.']
  const [baseName, baseMessages] = base
  const faults = []
  if (names(baseMessages).length === 0) faults.push(`messages/${baseName}.json has no messages.`)
  for (const [name, messages] of others) {
    for (const key of names(baseMessages))
      if (!(key in messages)) faults.push(`messages/${name}.json lacks "${key}", which ${baseName}.json has.`)
      else if (inputs(messages[key]) !== inputs(baseMessages[key]))
        faults.push(
          `"${key}" uses other values in ${name}.json (${inputs(messages[key])}) than in ${baseName}.json (${inputs(baseMessages[key])}).`,
        )
    for (const key of names(messages))
      if (!(key in baseMessages)) faults.push(`messages/${baseName}.json lacks "${key}", which ${name}.json has.`)
  }
  return faults
}

/** @param {Record<string, unknown>} messages */
const names = (messages) => Object.keys(messages).filter((key) => !key.startsWith('$'))

/** The values that a message takes, in a comparable form. @param {unknown} message */
function inputs(message) {
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  const found =
    typeof message === 'string' ? text.matchAll(/\{\s*(\w+)\s*\}/g) : text.matchAll(/(?<=[^{"]|")\{(\w+)\}/g)
  return [...new Set([...found].map((match) => match[1]))].sort().join(', ') || 'none'
}

/** The messages of every language that the project names. @returns {Record<string, Record<string, unknown>>} */
export function readMessages() {
  const { locales } = /** @type {{ locales: string[] }} */ (readJson(join(root, 'project.inlang/settings.json')))
  return Object.fromEntries(locales.map((locale) => [locale, readJson(join(root, `messages/${locale}.json`))]))
}

/** @param {string} file @returns {any} */
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Checks the messages, compiles them, and looks whether every one came out. Throws with one sentence a fault. */
export async function compileMessages() {
  const languages = readMessages()
  const faults = differences(languages)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  const { compile } = await import('@inlang/paraglide-js')
  await compile(paraglideOptions)
  await compiledMessages(languages)
}

/** @param {Record<string, Record<string, unknown>>} languages */
async function compiledMessages(languages) {
  const folder = paraglideOptions.outdir
  const file = join(folder, 'messages.js')
  if (!existsSync(file))
    throw new Error(`Paraglide wrote no messages.js into ${folder}: only ${readdirSync(folder).join(', ')}.`)
  const compiled = await import(pathToFileURL(file).href)
  const lost = names(Object.values(languages)[0] ?? {}).filter(
    (key) => !(key in compiled) && !(key in (compiled.m ?? {})),
  )
  if (lost.length > 0)
    throw new Error(
      `Paraglide compiled ${lost.length} messages away (${lost.slice(0, 3).join(', ')}, …): does project.inlang/settings.json name the plugin in node_modules?`,
    )
}

if (process.argv[1] === import.meta.filename)
  await compileMessages().then(
    // Its timers would hold the process for half a minute.
    () => process.exit(0),
    (/** @type {Error} */ error) => {
      console.error(error.message)
      process.exit(1)
    },
  )
