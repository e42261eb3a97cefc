import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { boundTo } from '../helpers/engine.js'
import { LineProcess, LONG, needPyzmq, python } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { openSession } from './party.js'

//   50 × REQ ── question ──▶ server: a rule answers “re:” and the question
//            ◀── its own answer ──
//
// 20,000 questions in all. The clients hold every answer against their question; here every row is held against its question and its client.

needPyzmq()

const CLIENTS = 50
const EACH = 400

it('answers 50 clients at once: 20,000 questions, none lost, none crossed, each by its rule', async () => {
  const server = await openSession('rep', ['@tcp://127.0.0.1:*'], {
    rules: [
      { id: 're', match: { kind: 'contains', text: 'question' }, answer: { kind: 'template', text: 're:{{text}}' } },
    ],
  })
  const script = fileURLToPath(new URL('peers/crowd.py', import.meta.url))
  const args = ['--clients', `${CLIENTS}`, '--requests', `${EACH}`, '--prefix', 're:']
  const crowd = new LineProcess('crowd.py', python, ['-u', script, '--connect', boundTo(server), ...args])
  const said = await crowd.line(
    (line) => (JSON.parse(line) as { crowd?: { answered: number; crossed: number } }).crowd,
    'out',
    LONG,
  )
  expect(said).toMatchObject({ answered: CLIENTS * EACH, crossed: 0 })

  await until(() => server.info().status.role === 'server' && server.numbers().out.messages === CLIENTS * EACH, {
    deadline: LONG,
  })
  const { first, last, evicted, malformed, in: came } = server.numbers()
  expect({ first, last, evicted, malformed, came: came.messages }).toEqual({
    first: 1,
    last: 2 * CLIENTS * EACH,
    evicted: 0,
    malformed: 0,
    came: CLIENTS * EACH,
  })
  expect(server.info().status).toMatchObject({
    waiting: 0,
    clients: CLIENTS,
    rules: [{ id: 're', count: CLIENTS * EACH }],
  })
  for (const client of server.clients())
    expect(client).toMatchObject({ questions: EACH, waiting: 0, oldest: undefined })

  // Each client asks again only below its answer, however quick it is. Each answer belongs to a question of the same client, and repeats it; no question has two.
  const answered = new Set<number>()
  const waits = new Set<number>()
  let [wrong, early] = [0, 0]
  for (let seq = first; seq <= last; seq++) {
    const row = server.row(seq)
    if (row?.direction === 'in' && waits.has(row.source)) early++
    if (row?.direction === 'in') waits.add(row.source)
    else waits.delete(row?.source ?? 0)
    if (row?.direction !== 'out') continue
    const question = server.row(row.ref)
    const repeats =
      Buffer.from(row.frames[0]?.bytes ?? []).toString() ===
      `re:${Buffer.from(question?.frames[0]?.bytes ?? []).toString()}`
    if (question?.source !== row.source || question.progress !== 'answered' || row.rule !== 1 || !repeats) wrong++
    answered.add(row.ref)
  }
  expect({ wrong, early, answered: answered.size }).toEqual({ wrong: 0, early: 0, answered: CLIENTS * EACH })
}, 150_000)
