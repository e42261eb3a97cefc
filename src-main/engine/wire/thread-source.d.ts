/** The receiving thread as one module: bundled by build/scripts/thread.mjs, so that it is the same in the app, in tests and in benchmarks. */
declare module '*?thread' {
  const source: string
  export default source
}
