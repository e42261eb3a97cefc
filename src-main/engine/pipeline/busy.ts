/** Milliseconds of computing at a time, and between two looks at the clock about one. */
const SLICE = 4
const LOOK = 0.2

interface Job {
  left: number
  done: () => void
}

/** Computes for the sake of it. All that is to be computed shares one core, in slices, one at each turn of the event loop: the rest of the program waits for one at most. */
class Treadmill {
  #jobs: Job[] = []
  #turning = false

  /** Resolves when `ms` have been spent computing for it. Cancelling is leaving it: what is left is dropped. */
  run(ms: number, stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const job: Job = { left: ms, done: resolve }
      this.#jobs.push(job)
      const leave = () => {
        this.#jobs = this.#jobs.filter((other) => other !== job)
        resolve()
      }
      job.done = () => {
        stop.removeEventListener('abort', leave)
        resolve()
      }
      stop.addEventListener('abort', leave, { once: true })
      this.#turn()
    })
  }

  #turn(): void {
    if (this.#turning) return
    this.#turning = true
    setImmediate(() => {
      this.#turning = false
      const job = this.#jobs.shift()
      if (job === undefined) return
      const began = performance.now()
      const end = began + Math.min(SLICE, job.left)
      while (performance.now() < end) churn()
      job.left -= performance.now() - began
      if (job.left > LOOK) this.#jobs.push(job)
      else job.done()
      if (this.#jobs.length > 0) this.#turn()
    })
  }
}

/** Some arithmetic that no optimizer leaves out. */
function churn(): void {
  for (let i = 1; i < 2000; i++) sink = Math.imul(sink ^ i, 0x9e3779b1)
}
let sink = 1

const treadmill = new Treadmill()

/** Resolves after computing for `ms`, or when the signal aborts. */
export function compute(ms: number, stop: AbortSignal): Promise<void> {
  return treadmill.run(ms, stop)
}

/** Resolves after `ms`, or when the signal aborts. */
export function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stop.addEventListener('abort', done, { once: true })
    if (stop.aborted) done()
  })
}
