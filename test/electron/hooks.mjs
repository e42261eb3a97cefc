// Module hooks of the process that a test starts: there, `electron` is the stand-in.

/** @type {string} */
let standIn

/** @param {{ standIn: string }} data URL of the module to give */
export function initialize(data) {
  standIn = data.standIn
}

/** @type {import('node:module').ResolveHook} */
export async function resolve(specifier, context, next) {
  if (specifier === 'electron') return { url: standIn, format: 'module', shortCircuit: true }
  return next(specifier, context)
}
