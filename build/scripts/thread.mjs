/** Makes `import source from './thread.ts?thread'` the text of that file, bundled with all of ours that it imports. */
import { build } from 'vite'

const SUFFIX = '?thread'

/**
 * A worker thread that starts from text needs no file of its own beside each of the programs (the app's, the tests', the benchmarks'), nor one outside of Electron's archive.
 * @returns {import('vite').Plugin}
 */
export function threadSource() {
  return {
    name: 'socketeer-thread',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(SUFFIX)) return null
      const entry = id.slice(0, -SUFFIX.length)
      const built = await build({
        configFile: false,
        logLevel: 'warn',
        build: {
          ssr: entry,
          target: 'node20',
          write: false,
          minify: false,
          rolldownOptions: { output: { format: 'es', codeSplitting: false } },
        },
      })
      const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (built)
      for (const { type, ...chunk } of output)
        if (type === 'chunk')
          for (const file of Object.keys(/** @type {any} */ (chunk).modules)) this.addWatchFile(file)
      const [{ code }] = output
      return { code: `export default ${JSON.stringify(code)}`, map: null }
    },
  }
}
