import { join } from 'node:path'
import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { paraglideOptions } from './build/scripts/messages.mjs'
import { bundledPackages } from './build/scripts/notices.mjs'
import { root, version } from './build/scripts/root.mjs'
import { threadSource } from './build/scripts/thread.mjs'

const define = { SOCKETEER_VERSION: JSON.stringify(version) }

/**
 * Four programs, one build: Electron's main process, the browser-mode server and the command line (out/main, plain ESM that
 * Node 20 runs as it is), the preload script (one CommonJS file: a sandboxed preload can load nothing else), and the page.
 */
export default defineConfig({
  main: {
    define,
    plugins: [threadSource(), bundledPackages('main')],
    build: {
      target: 'node20',
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: join(root, 'src-main/main.ts'),
          serve: join(root, 'src-main/serve.ts'),
          cli: join(root, 'src-main/cli.ts'),
        },
        output: {
          entryFileNames: '[name].js', // Beside the entries: what asks for its own folder gets the same answer in an entry and in a chunk.
          chunkFileNames: '[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    plugins: [bundledPackages('preload')],
    build: {
      target: 'node20',
      rolldownOptions: {
        input: { preload: join(root, 'src-main/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: join(root, 'src-renderer'),
    define,
    plugins: [svelte({ configFile: false }), paraglideVitePlugin(paraglideOptions), bundledPackages('renderer')],
    build: {
      // The browser mode serves this page to whatever browser is there, not only to Electron's.
      target: 'es2022',
      minify: true,
      // A data: URL in the page would need an exception in the content security policy.
      assetsInlineLimit: 0,
      rolldownOptions: { input: join(root, 'src-renderer/index.html') },
    },
  },
})
