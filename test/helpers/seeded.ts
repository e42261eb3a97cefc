import fc from 'fast-check'

/**
 * Property tests draw the same values at every run: what passes here passes everywhere, and what fails can be had again. Another seed is tried with
 * SOCKETEER_SEED=123; long runs with ever new ones are a command of their own.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['SOCKETEER_SEED'] ?? 20261122) })
