/** What tests need from the machine, and where it is: a Python that has pyzmq, a Chromium, a font with Chinese. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * A Python that can `import zmq`, or undefined. SOCKETEER_PYTHON names one; a `python3` on the PATH may be another than the
 * system's, for which python3-zmq was installed, so both are asked.
 * @returns {string | undefined}
 */
export function findPython() {
  const named = process.env['SOCKETEER_PYTHON']
  const candidates = named ? [named] : ['python3', '/usr/bin/python3', 'python', 'py']
  return candidates.find((python) => runs(python, ['-c', 'import zmq']))
}

/** The system's Chromium or Chrome, or undefined. SOCKETEER_CHROMIUM names one. @returns {string | undefined} */
export function findChromium() {
  const named = process.env['SOCKETEER_CHROMIUM']
  if (named) return existsSync(named) ? named : undefined
  const places = {
    darwin: [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ],
    win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) =>
      join(process.env[name] ?? '', 'Google/Chrome/Application/chrome.exe'),
    ),
  }
  const fixed = process.platform === 'darwin' || process.platform === 'win32' ? places[process.platform] : []
  return (
    ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(onPath).find(Boolean) ??
    fixed.find(existsSync)
  )
}

/** Whether a font for Chinese is there; without one a screenshot shows boxes. @returns {boolean} */
export function hasChineseFont() {
  if (process.platform !== 'linux') return true
  const { stdout, status } = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8', timeout: 20_000 })
  return status === 0 && stdout.trim() !== ''
}

/** @param {string} program @returns {string | undefined} its full path */
export function onPath(program) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** @param {string} program @param {string[]} args */
function runs(program, args) {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0
}
