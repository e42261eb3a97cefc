import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { closeOnQuit } from '../../src-main/desktop/quit.js'

const { app } = await vi.hoisted(async () => {
  const { EventEmitter } = await import('node:events')
  return {
    app: Object.assign(new EventEmitter(), { exit: vi.fn(), quit: vi.fn(), releaseSingleInstanceLock: vi.fn() }),
  }
})
vi.mock('electron', () => ({ app }))

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  app.removeAllListeners()
  vi.clearAllMocks()
})

const willQuit = { preventDefault: vi.fn() }

it('exits when all is closed, and not before', async () => {
  let resolve = (): void => undefined
  closeOnQuit(() => new Promise((closed) => (resolve = closed)), vi.fn())
  app.emit('before-quit')
  app.emit('will-quit', willQuit)
  expect(willQuit.preventDefault).toHaveBeenCalledOnce()
  await vi.advanceTimersByTimeAsync(1000)
  expect(app.exit).not.toHaveBeenCalled()
  resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(app.exit).toHaveBeenCalledExactlyOnceWith(0)
})

it('exits within 2 s when something never closes, and says so', async () => {
  const report = vi.fn()
  closeOnQuit(() => new Promise(() => undefined), report)
  app.emit('before-quit')
  app.emit('will-quit', willQuit)
  await vi.advanceTimersByTimeAsync(1999)
  expect(app.exit).toHaveBeenCalledExactlyOnceWith(0)
  expect(report).toHaveBeenCalledOnce()
})

it('exits within 2 s when a window does not close', async () => {
  closeOnQuit(() => Promise.resolve(), vi.fn())
  app.emit('before-quit')
  await vi.advanceTimersByTimeAsync(1999)
  expect(app.exit).toHaveBeenCalledExactlyOnceWith(0)
})

it('exits when closing fails, and says why', async () => {
  const report = vi.fn()
  closeOnQuit(() => Promise.reject(new Error('no more')), report)
  app.emit('will-quit', willQuit)
  await vi.advanceTimersByTimeAsync(0)
  expect(app.exit).toHaveBeenCalledExactlyOnceWith(0)
  expect(report).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('no more'))
})

it('goes on when the person would rather stay, and takes no time spent on the question for a hang', async () => {
  const quitting = closeOnQuit(() => Promise.resolve(), vi.fn())
  app.emit('before-quit')
  await vi.advanceTimersByTimeAsync(1600)
  quitting.asked(true)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(app.exit).not.toHaveBeenCalled()

  app.emit('before-quit')
  await vi.advanceTimersByTimeAsync(1600)
  quitting.asked(false)
  await vi.advanceTimersByTimeAsync(1600)
  expect(app.exit).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(400)
  expect(app.exit).toHaveBeenCalledExactlyOnceWith(0)
})

it('starts what comes next when all is closed, free to be the only one, and goes when that is done or takes too long', async () => {
  const close = vi.fn(() => Promise.resolve())
  const quitting = closeOnQuit(close, vi.fn())
  const start = vi.fn(() => expect(app.releaseSingleInstanceLock).toHaveBeenCalledOnce())
  quitting.andThen(start)
  expect(app.quit).toHaveBeenCalledOnce()
  app.emit('before-quit')
  expect(start).not.toHaveBeenCalled()
  app.emit('will-quit', willQuit)
  await vi.advanceTimersByTimeAsync(0)
  expect(start).toHaveBeenCalledOnce()
  expect(app.exit).not.toHaveBeenCalled()
  // As it quits by itself.
  app.emit('will-quit', willQuit)
  await vi.advanceTimersByTimeAsync(0)
  expect(app.exit).toHaveBeenCalledExactlyOnceWith(0)
  expect([start, close].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
})

it('forgets what would come next when the person would rather stay', async () => {
  const quitting = closeOnQuit(() => Promise.resolve(), vi.fn())
  const start = vi.fn()
  quitting.andThen(start)
  app.emit('before-quit')
  quitting.asked(true)
  app.emit('before-quit')
  app.emit('will-quit', willQuit)
  await vi.advanceTimersByTimeAsync(0)
  expect(start).not.toHaveBeenCalled()
  expect(app.exit).toHaveBeenCalledExactlyOnceWith(0)
})
