import type { SessionSettings } from '../../../src-main/contract/index.js'
import { cppzmq } from './cppzmq.js'
import { planOf } from './plan.js'
import { pyzmq } from './pyzmq.js'
import { zeromqjs } from './zeromqjs.js'

export const codeLanguages = ['python', 'javascript', 'cpp'] as const
export type CodeLanguage = (typeof codeLanguages)[number]

const writers = { python: pyzmq, javascript: zeromqjs, cpp: cppzmq }

/**
 * A session as a program that runs by itself: its sockets with the options that differ from libzmq's own, and what its role does.
 * @param message the frames to send (a server: to answer); without it, `hello`
 */
export function copyAsCode(settings: SessionSettings, language: CodeLanguage, message?: readonly Uint8Array[]): string {
  return writers[language](planOf(settings, message))
}
