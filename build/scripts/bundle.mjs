/** The build itself, in a process of its own: it needs what an install brings, which the launcher may not have had when it began. */
import { compileMessages } from './messages.mjs'
import { writeNotices } from './notices.mjs'
import { root } from './root.mjs'
import { messageOf, say } from './say.mjs'

try {
  await compileMessages()
  const { build } = await import('electron-vite')
  await build({ root, logLevel: 'warn' })
  writeNotices()
  // Paraglide's timers would hold the process for half a minute.
  process.exit(0)
} catch (error) {
  say(messageOf(error))
  process.exit(1)
}
