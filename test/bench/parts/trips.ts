/** What is asked and answered: 100 bytes. */
export const message = Buffer.alloc(100, 'socketeer ')

export interface Trips {
  /** Microseconds. */
  readonly p50: number
  readonly p99: number
  /** Microseconds of the asking process's CPU, per trip. */
  readonly cpu: number
}

/** Makes `count` round trips, one after the other, after some to warm up. */
export async function trips(count: number, trip: () => Promise<unknown>): Promise<Trips> {
  for (let i = 0; i < count / 10; i++) await trip()
  const took = new Float64Array(count)
  const cpu = process.cpuUsage()
  for (let i = 0; i < count; i++) {
    const since = performance.now()
    await trip()
    took[i] = (performance.now() - since) * 1000
  }
  const used = process.cpuUsage(cpu)
  took.sort()
  const at = (share: number) => took[Math.floor(count * share)] ?? NaN
  return { p50: at(0.5), p99: at(0.99), cpu: (used.user + used.system) / count }
}
