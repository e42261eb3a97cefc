import { test } from 'vitest'
import * as v from 'valibot'
import { Engine } from '../../src-main/engine/engine.js'
import { ReplaySettingsSchema, RecordingSettingsSchema } from '../../src-main/contract/index.js'
import { Recording } from '../../src-main/recording/recording.js'
import { RecordingFile } from '../../src-main/recording/file.js'
import { sessionsOf, list } from '../../src-main/recording/opened.js'
import { Plan } from '../../src-main/recording/plan.js'
import { Replay } from '../../src-main/recording/replay.js'
import { settingsOf } from '../helpers/engine.js'
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms))
test('measure', async () => {
  const engine = new Engine()
  const pub = await engine.open(settingsOf('publisher', 'tcp://127.0.0.1:*'))
  const rec = async (name: string, rate: number, seconds: number) => {
    const r = new Recording('1', v.parse(RecordingSettingsSchema, { sessions: [pub.id] }), { folder: '/tmp/rec/run', name, version: 't' }, engine, () => undefined)
    await r.start()
    const cpu = process.cpuUsage(); const t0 = performance.now(); let n = 0; let worst = 0; let last = t0
    while (performance.now() - t0 < seconds * 1000) {
      const due = ((performance.now() - t0) / 1000) * rate
      for (let k = 0; n < due && k < 2000; k++, n++) void pub.send([Buffer.from('topic/' + (n % 20)), Buffer.alloc(93, `{"n":${n},"v":${Math.random()}} `)])
      await new Promise((r) => setImmediate(r))
      const now = performance.now(); worst = Math.max(worst, now - last); last = now
    }
    await r.stop(); const c = process.cpuUsage(cpu)
    const i = r.info(); console.log(name, { sent: n, messages: i.messages, saved: i.saved, missing: i.missing, MB: i.bytes / 1e6, cpuS: (c.user + c.system) / 1e6, worstTurnMs: worst.toFixed(1), fault: i.fault })
  }
  await rec('fast', 100_000, 60)
  await rec('ten', 10_000, 10)
  const t = performance.now()
  const f = await RecordingFile.open('/tmp/rec/run/fast.mcap'); const [s] = list(f, engine)
  console.log('open ms', (performance.now() - t).toFixed(1), 'rows', s!.numbers().last)
  const t2 = performance.now(); let from = 1, done = false; while (!done) { const p = s!.search({ text: 'nothing at all' }, from); from = p.next; done = p.done; await new Promise((r) => setImmediate(r)) }
  console.log('scan rows/s', Math.round(s!.numbers().last / ((performance.now() - t2) / 1000)), 'rss MB', Math.round(process.memoryUsage.rss() / 1e6))
  const g = await RecordingFile.open('/tmp/rec/run/ten.mcap'); const [one] = sessionsOf(g)
  const set = v.parse(ReplaySettingsSchema, { role: 'publisher', endpoint: pub.settings.endpoints[0]!, direction: 'out' })
  const rp = new Replay('1', 'x', new Plan(one!.journal, set), set, pub, () => undefined); rp.start()
  while (!rp.over) await sleep(200)
  console.log('replay', rp.info().sent, rp.info().late)
  one!.journal.close(); await engine.close()
}, 200_000)
