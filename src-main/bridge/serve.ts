import type { AppInfo, EventName, Events, Port, ReceiveInfo } from '../contract/index.js'
import { parseEndpoint } from '../engine/endpoint.js'
import type { Engine } from '../engine/engine.js'
import { RuleBook } from '../engine/rules/rules.js'
import type { Notices } from '../notices.js'
import type { Recordings } from '../recording/recordings.js'
import type { Protobuf } from '../proto/protobuf.js'
import type { KeyStore } from '../store/keys.js'
import type { Store } from '../store/store.js'
import { dispatch, type Handlers } from './dispatch.js'
import { crossing, report } from './faults.js'
import type { Views } from './views.js'
import { workspaceHandlers, type LastOpen } from './workspace.js'
import { pipelineHandlers } from './pipeline.js'
import { recordingHandlers } from './recording.js'

/** What every view of one process shares. */
export interface App {
  readonly engine: Engine
  readonly store: Store
  readonly keys: KeyStore
  readonly notices: Notices
  readonly views: Views
  readonly lastOpen: LastOpen
  readonly protobuf: Protobuf
  readonly recordings: Recordings
  /** All of `app.info` but the notices, which come and go. */
  readonly about: Omit<AppInfo, 'notices'>
  /** How sessions receive that do not say so themselves, and whether the receiving thread works here. */
  receive(this: void): Promise<ReceiveInfo>
}

/**
 * Binds one view to the app for as long as its port is open: its calls are answered, and it is told what happens. Closing the
 * port takes back all of it and touches nothing else: sockets and rows belong to the engine, not to the view. Only what a person of that view had forgotten already goes.
 */
export function serve(port: Port, app: App): void {
  const { engine, store, keys, notices, protobuf, recordings, views } = app
  const emit = <E extends EventName>(name: E, value: Events[E]): void => port.send({ kind: 'event', name, value })

  const attachment = engine.attach({
    session: (info) => emit('session', info),
    gone: (id) => emit('gone', { id }),
    pulse: (sessions, numbers) => emit('pulse', { sessions, engine: numbers }),
  })
  const leaving = new Set<string>()
  const undo = [
    () => attachment.detach(),
    () => forget(engine, leaving),
    notices.onNotice((notice) => emit('notice', notice)),
    views.listen({
      windows: (sessions) => emit('windows', { sessions }),
      taken: (id) => emit('taken', { id }),
    }),
    recordings.listen({
      recording: (info) => emit('recording', info),
      replay: (info) => emit('replay', info),
    }),
    () => views.gone(port),
    store.onChange((profile, by) => {
      if (by !== port) emit('profile', profile)
    }),
  ]
  let gone = false
  port.onClose(() => {
    gone = true
    for (const each of undo.splice(0)) each()
  })

  const handlers: Handlers = {
    'app.info': () => ({ ...app.about, notices: notices.list() }),
    'app.receive': app.receive,
    'keys.list': () => keys.list(),
    'keys.make': ({ name }) => keys.make(name),
    'keys.add': ({ name, ...pair }) => keys.add(name, pair),
    'keys.rename': ({ id, name }) => keys.rename(id, name),
    'keys.forget': async ({ id }) => nothing(await keys.forget(id)),
    'keys.certificate': ({ id, secret }) => keys.certificate(id, secret),
    'session.list': () => engine.snapshot(),
    'session.open': async ({ settings }) => (await engine.open(settings)).info(),
    'session.reopen': async ({ id, settings }) => (await engine.reopen(id, settings)).info(),
    'session.close': async ({ id }) => {
      const session = engine.session(id)
      await session.close()
      return session.info()
    },
    'session.forget': async ({ id }) => {
      await engine.forget(id)
      return undefined
    },
    'session.leaving': ({ id, leaving: so }) => {
      if (so) leaving.add(engine.session(id).id)
      else leaving.delete(id)
      return undefined
    },
    'session.clear': ({ id }) => nothing(engine.session(id).clear()),
    'session.unclear': ({ id }) => nothing(engine.session(id).unclear()),
    'session.send': ({ id, frames, answers }) =>
      engine.session(id).send(frames, answers === undefined ? {} : { answers }),
    'session.cancel': ({ id }) => nothing(engine.session(id).cancel()),
    'session.search': ({ id, filter, from }, { signal }) => engine.session(id).search(filter, from, signal),
    'session.clients': ({ id, since }) => engine.session(id).clientChanges(since),
    'session.nameClient': ({ id, source, name }) => nothing(engine.session(id).nameClient(source, name)),
    'session.rules': ({ id, rules }) => {
      const session = engine.session(id)
      session.setRules(rules)
      return session.info()
    },
    'session.answer': ({ id, answer, waiting }) => {
      const session = engine.session(id)
      session.setAnswer(answer, waiting)
      return session.info()
    },
    'session.rename': ({ id, name }) => {
      const session = engine.session(id)
      session.rename(name)
      return session.info()
    },
    'rules.try': ({ rules, frames }) => new RuleBook(rules).try(frames),
    'session.repeat': ({ id, frames, count, every }) => nothing(engine.session(id).repeat(frames, count, every)),
    'session.stopRepeat': ({ id }) => nothing(engine.session(id).stopRepeat()),
    'session.roundTrips': ({ id }) => engine.session(id).roundTrips(),
    'radio.topics': ({ id, since, known }) => engine.session(id).radio.topics.changes(since, known),
    'radio.history': ({ id, topics }) => engine.session(id).radio.topics.history(topics),
    'radio.set': ({ id, radio }) => {
      const session = engine.session(id)
      session.setRadio(radio)
      return session.info()
    },
    'radio.gaps': ({ id }) => engine.session(id).radio.gaps(),
    'radio.resetGaps': ({ id }) => nothing(engine.session(id).radio.resetGaps()),
    'radio.signals': ({ id }) => engine.session(id).radio.signals.status(),
    'radio.plot': ({ id, signals, width, ...range }) => engine.session(id).radio.signals.plot(signals, range, width),
    'radio.statistics': ({ id, signals, from, to }) => engine.session(id).radio.signals.statistics(signals, from, to),
    'radio.csv': ({ id, signals, from, to, at }) => engine.session(id).radio.signals.csv(signals, from, to, at),
    'radio.generate': ({ id, channels }) => nothing(engine.session(id).station.generate(channels)),
    'radio.stopGenerate': ({ id }) => nothing(engine.session(id).station.stopGenerate()),
    'radio.lines': ({ id, lines }) => {
      const { station } = engine.session(id)
      const said = station.say(lines)
      // The file is read in this view: with it, the file goes.
      undo.push(() => station.abandon(said.feed))
      return said
    },
    'radio.feed': ({ id, feed, bytes, end }) => engine.session(id).station.feed(feed, bytes, end),
    'radio.holdLines': ({ id, hold }) => nothing(engine.session(id).station.holdLines(hold)),
    'radio.stopLines': ({ id }) => nothing(engine.session(id).station.stopLines()),
    'radio.read': ({ id, place, count }) => engine.session(id).radio.read(place, count),
    ...pipelineHandlers(engine),
    ...recordingHandlers(recordings, {
      progress: (how) => emit('progress', how),
      onGone: (then) => (gone ? then() : void undo.push(then)),
    }),
    'proto.types': ({ text }) => protobuf.types(text),
    'proto.decode': ({ text, type, bytes }) => protobuf.json(text, type, bytes),
    'session.subscribe': ({ id, topic }) => nothing(engine.session(id).subscribe(topic)),
    'session.unsubscribe': ({ id, topic }) => nothing(engine.session(id).unsubscribe(topic)),
    'session.page': ({ id, from, count, head }) => engine.session(id).page(from, count, head),
    'session.rows': ({ id, seqs, head }) => engine.session(id).pick(float64s(seqs), head),
    'session.message': ({ id, seq }) => engine.session(id).message(seq),
    'session.peer': ({ id, seq }) => engine.session(id).peerOf(seq),
    'session.timeline': ({ id, after }) => engine.session(id).timeline(after).slice(0, MAX_TIMELINE),
    ...workspaceHandlers(app),
    'view.show': ({ session }) => {
      views.show(port, session)
      return views.windows
    },
    'view.leave': () => nothing(views.leave(port)),
    'view.takeBack': ({ id }) => nothing(views.takeBack(id)),
    watch: ({ visible }) => nothing(attachment.visible(visible)),
    'endpoint.check': ({ endpoint }) => {
      const { address, loopback } = parseEndpoint(endpoint.address, endpoint.method)
      return { address, loopback }
    },
    'demo.start': ({ desk }) => engine.demo(desk),
    'profile.get': () => store.profile,
    'profile.update': ({ patch }) => store.update(patch, port),
  }
  dispatch(port, handlers)
}

/** Timeline entries in one answer: a view asks again for more. */
const MAX_TIMELINE = 500

/** Another view may have opened one of them again, or forgotten it. */
function forget(engine: Engine, ids: ReadonlySet<string>): void {
  for (const { id, state } of engine.list())
    if (ids.has(id) && state.kind !== 'open' && state.kind !== 'opening')
      engine.forget(id).catch((error: unknown) => report(crossing(error, 'session.forget').message))
}

/** Copied, because bytes off a line begin anywhere and a Float64Array does not. */
function float64s(bytes: Uint8Array): Float64Array {
  return new Float64Array(Uint8Array.from(bytes).buffer)
}

function nothing(_done: void): undefined {
  return undefined
}
