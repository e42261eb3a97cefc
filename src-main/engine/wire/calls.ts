import type Koffi from 'koffi'

type Call<A extends unknown[], R> = (...args: A) => R

/** Every call out of JavaScript that there is, as C has it: native.ts makes them, and says what they must respect. An address, a socket and a context are numbers. */
export interface Calls {
  readonly ctxNew: Call<[], number>
  readonly ctxSet: Call<[context: number, option: number, value: number], number>
  readonly ctxTerm: Call<[context: number], number>
  readonly socket: Call<[context: number, type: number], number>
  readonly close: Call<[socket: number], number>
  readonly setOption: Call<[socket: number, option: number, value: number, size: number], number>
  readonly getOption: Call<[socket: number, option: number, value: number, size: number], number>
  readonly bind: Call<[socket: number, address: string], number>
  readonly connect: Call<[socket: number, address: string], number>
  readonly disconnect: Call<[socket: number, address: string], number>
  readonly monitor: Call<[socket: number, address: string, events: number], number>
  readonly send: Call<[socket: number, memory: number, size: number, flags: number], number>
  readonly receive: Call<[socket: number, memory: number, size: number, flags: number], number>
  readonly messageInit: Call<[message: number], number>
  readonly messageReceive: Call<[message: number, socket: number, flags: number], number>
  readonly messageData: Call<[message: number], number>
  readonly messageMore: Call<[message: number], number>
  readonly messageGets: Call<[message: number, property: number], string | null>
  readonly messageClose: Call<[message: number], number>
  readonly errno: Call<[], number>
  readonly strerror: Call<[errno: number], string>
  readonly version: Call<[major: number, minor: number, patch: number], void>
  readonly memcpy: Call<[to: number, from: number, size: number], number>
  readonly poll: Call<[items: number, count: number, ms: number], number>
  readonly sleep: Call<[µs: number], number>
  readonly pipe: Call<[pair: number], number>
  readonly read: Call<[fd: number, memory: number, size: number], number>
  readonly closeFd: Call<[fd: number], number>
  readonly drafts: Drafts | undefined
}

/** Of libzmq's draft interface, which a build may lack. */
interface Drafts {
  readonly monitor: Call<[socket: number, address: string, events: number, version: number, type: number], number>
  readonly askPipes: Call<[socket: number], number>
}

/** libzmq's C interface, as zeromq's addon exports it, and some calls of the C library. Throws where anything of it is missing, but for the drafts. @param addon zeromq's, which this process has loaded already; opening it again gives the same library. */
export function findCalls(koffi: typeof Koffi, addon: string): Calls {
  const zmq = koffi.load(addon, { lazy: true })
  const libc = koffi.load(null)
  const at = 'uintptr_t' // An address or a socket: as a number it costs no BigInt on each call.
  const call = <A extends unknown[], R>(library: typeof zmq, name: string, gives: string, ...takes: string[]) =>
    library.func(name, gives, takes) as Call<A, R>
  return {
    ctxNew: call(zmq, 'zmq_ctx_new', at),
    ctxSet: call(zmq, 'zmq_ctx_set', 'int', at, 'int', 'int'),
    ctxTerm: call(zmq, 'zmq_ctx_term', 'int', at),
    socket: call(zmq, 'zmq_socket', at, at, 'int'),
    close: call(zmq, 'zmq_close', 'int', at),
    setOption: call(zmq, 'zmq_setsockopt', 'int', at, 'int', at, 'size_t'),
    getOption: call(zmq, 'zmq_getsockopt', 'int', at, 'int', at, at),
    bind: call(zmq, 'zmq_bind', 'int', at, 'str'),
    connect: call(zmq, 'zmq_connect', 'int', at, 'str'),
    disconnect: call(zmq, 'zmq_disconnect', 'int', at, 'str'),
    monitor: call(zmq, 'zmq_socket_monitor', 'int', at, 'str', 'int'),
    send: call(zmq, 'zmq_send', 'int', at, at, 'size_t', 'int'),
    receive: call(zmq, 'zmq_recv', 'int', at, at, 'size_t', 'int'),
    messageInit: call(zmq, 'zmq_msg_init', 'int', at),
    messageReceive: call(zmq, 'zmq_msg_recv', 'int', at, at, 'int'),
    messageData: call(zmq, 'zmq_msg_data', at, at),
    messageMore: call(zmq, 'zmq_msg_more', 'int', at),
    messageGets: call(zmq, 'zmq_msg_gets', 'str', at, at),
    messageClose: call(zmq, 'zmq_msg_close', 'int', at),
    errno: call(zmq, 'zmq_errno', 'int'),
    strerror: call(zmq, 'zmq_strerror', 'str', 'int'),
    version: call(zmq, 'zmq_version', 'void', at, at, at),
    memcpy: call(libc, 'memcpy', at, at, at, 'size_t'),
    poll: call(libc, 'poll', 'int', at, 'ulong', 'int'),
    sleep: call(libc, 'usleep', 'int', 'uint'),
    pipe: call(libc, 'pipe', 'int', at),
    read: call(libc, 'read', 'long', 'int', at, 'size_t'),
    closeFd: call(libc, 'close', 'int', 'int'),
    drafts: present(() => ({
      monitor: call(zmq, 'zmq_socket_monitor_versioned', 'int', at, 'str', 'uint64_t', 'int', 'int'),
      askPipes: call(zmq, 'zmq_socket_monitor_pipes_stats', 'int', at),
    })),
  }
}

/** What can be had; undefined where it is missing. */
function present<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}
