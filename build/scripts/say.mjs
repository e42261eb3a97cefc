/** The launcher speaks on standard error only: standard output belongs to the program that it starts. @param {string} text */
export const say = (text) => void process.stderr.write(`${text}\n`)

/** What a person can mend: told as a sentence, without a stack. */
export class Trouble extends Error {}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error))
