import { Fault } from '../contract/index.js'

/** What an error was about, for its sentence. */
export interface ErrorContext {
  readonly address?: string
}

type Sentence = (where: string) => string

/** Codes of libzmq and the system that a person can meet, each with what was wrong and what would be right. */
const sentences: Readonly<Record<string, Sentence>> = {
  EADDRINUSE: (where) =>
    `${where} is in use by another program. Choose another port, close that program, or connect to it instead of binding.`,
  EADDRNOTAVAIL: (where) =>
    `${where} is not an address of this machine. Bind to one of its own, to 127.0.0.1, or to * for all.`,
  ENODEV: (where) => `${where} names no network interface of this machine. Bind to 127.0.0.1, or to * for all.`,
  EACCES: (where) => `${where} may not be opened by this user. Choose a port above 1023, or a path you may write to.`,
  ENOENT: (where) => `${where} does not exist. For ipc, create the folder first.`,
  EPROTONOSUPPORT: (where) =>
    `${where} uses a transport that this build of libzmq does not have. Use tcp://, ipc:// or inproc://.`,
  ECONNREFUSED: (where) => `Nobody listens at ${where}. For inproc, bind before you connect.`,
  EMFILE: () =>
    'No more sockets can be opened: the limit of open files or of ZeroMQ sockets is reached. Close some sessions.',
  ENFILE: () => 'No more files can be opened on this machine. Close some programs.',
  EFSM: () =>
    'EFSM: a REQ socket must receive its answer before it can send again. Wait for the answer, or reopen the session; without “strict” Socketeer waits its turn for you.',
  EHOSTUNREACH: () => 'The peer this was meant for is no longer connected.',
  EINVAL: (where) => `libzmq refused ${where} as invalid.`,
}

/** Turns whatever was thrown into a Fault with a sentence. A Fault stays as it is; an error without a known code keeps its own words. */
export function toFault(error: unknown, context: ErrorContext = {}): Fault {
  if (error instanceof Fault) return error
  const { code, message } = error as { code?: string; message?: string }
  const where = context.address ?? 'The address'
  const sentence = code === undefined ? undefined : sentences[code]
  const detail = context.address === undefined ? undefined : { address: context.address }
  return new Fault(code ?? 'INTERNAL', sentence?.(where) ?? message ?? String(error), detail, { cause: error })
}

/** Of the first frame over the session's limit, in bytes; undefined where there is none. */
export function tooLarge(frames: readonly Uint8Array[], limit: number): Fault | undefined {
  const size = frames.find((frame) => frame.byteLength > limit)?.byteLength
  if (size === undefined) return undefined
  return new Fault(
    'EMSGSIZE',
    `The frame is ${size} bytes long and the limit of this session is ${limit}. Raise the message limit, or send less.`,
    { size, limit },
  )
}

export function notOpen(state: string): Fault {
  return new Fault('NOT_OPEN', 'The session is not open, so nothing was sent. Open it and send again.', { state })
}

export function cannotPause(): Fault {
  return new Fault('CANNOT_PAUSE', 'Only what is open can be paused. Open it first.')
}

export function cannot(why: string): Fault {
  return new Fault('WRONG_ROLE', why)
}
