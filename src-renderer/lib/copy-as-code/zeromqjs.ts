import { jsFrame, jsString } from './literals.js'
import {
  curveFile,
  largeFrames,
  type CurvePlan,
  type OptionName,
  type Plan,
  type SocketKind,
  type SocketPlan,
} from './plan.js'

const classes: Record<SocketKind, string> = {
  REP: 'Reply',
  REQ: 'Request',
  PUB: 'Publisher',
  SUB: 'Subscriber',
  PUSH: 'Push',
  PULL: 'Pull',
}

const optionNames: Record<OptionName, string> = {
  LINGER: 'linger',
  SNDHWM: 'sendHighWaterMark',
  RCVHWM: 'receiveHighWaterMark',
  HEARTBEAT_IVL: 'heartbeatInterval',
  HEARTBEAT_TIMEOUT: 'heartbeatTimeout',
  RECONNECT_IVL: 'reconnectInterval',
  RECONNECT_IVL_MAX: 'reconnectMaxInterval',
  HANDSHAKE_IVL: 'handshakeInterval',
  MAXMSGSIZE: 'maxMessageSize',
  IPV6: 'ipv6',
  IMMEDIATE: 'immediate',
  REQ_RELAXED: 'relaxed',
  REQ_CORRELATE: 'correlate',
  RCVTIMEO: 'receiveTimeout',
}
const switches: readonly OptionName[] = ['IPV6', 'IMMEDIATE', 'REQ_RELAXED', 'REQ_CORRELATE']

/** An ES module for zeromq.js 6, Node 18.14 and newer. */
export function zeromqjs(plan: Plan): string {
  const names = plan.sockets.length === 1 ? ['socket'] : ['source', 'target']
  const large = largeFrames(plan)
  const reads = plan.role !== 'publisher' && plan.role !== 'ventilator'
  const lines = [
    ...[...plan.about, ...large, 'Save as .mjs. Needs zeromq.js 6: npm install zeromq'].map((line) => `// ${line}`),
    ...(reads ? ["import { isUtf8 } from 'node:buffer'"] : []),
    ...(large.length > 0 || plan.curve?.kept === true ? ["import { readFileSync } from 'node:fs'"] : []),
    ...(plan.role === 'publisher' || plan.delay > 0
      ? ["import { setTimeout as sleep } from 'node:timers/promises'"]
      : []),
    `import { ${[...plan.sockets.map(({ kind }) => classes[kind]), ...(plan.curve?.kept === false ? ['curveKeyPair'] : [])].join(', ')} } from 'zeromq'`,
    ...(reads
      ? [
          '',
          'const show = (frames) =>',
          "  frames.map((frame) => (isUtf8(frame) ? JSON.stringify(frame.toString()) : `0x${frame.toString('hex')}`)).join(' ')",
        ]
      : []),
    ...pair(plan.curve),
    ...plan.sockets.flatMap((it, i) => ['', ...open(names[i]!, it, plan.curve)]),
    '',
    ...body(plan),
  ]
  return `${lines.join('\n')}\n`
}

function pair(curve: CurvePlan | undefined): string[] {
  if (curve === undefined) return []
  if (!curve.kept) return ['', 'const { publicKey, secretKey } = curveKeyPair()']
  return [
    '',
    `const certificate = readFileSync('${curveFile}', 'utf8')`,
    "const [publicKey, secretKey] = ['public', 'secret'].map((half) => new RegExp(`${half}-key = \"(.{40})\"`).exec(certificate)[1])",
  ]
}

function open(name: string, { kind, endpoints, options, topics }: SocketPlan, curve: CurvePlan | undefined): string[] {
  const set = [
    ...options.map(([option, value]) => `  ${optionNames[option]}: ${switches.includes(option) ? 'true' : value},`),
    ...(curve === undefined
      ? []
      : curve.server === undefined
        ? ['  curveServer: true,', '  curveSecretKey: secretKey,']
        : [
            '  curvePublicKey: publicKey,',
            '  curveSecretKey: secretKey,',
            `  curveServerKey: ${jsString(curve.server)},`,
          ]),
  ]
  return [
    ...(set.length === 0
      ? [`const ${name} = new ${classes[kind]}()`]
      : [`const ${name} = new ${classes[kind]}({`, ...set, '})']),
    ...(topics.length > 0 ? [`${name}.subscribe(${topics.map(jsString).join(', ')})`] : []),
    ...endpoints.flatMap(({ method, address }) =>
      method === 'bind'
        ? [`await ${name}.bind(${jsString(address)})`, `console.log('bound to', ${name}.lastEndpoint)`]
        : [`${name}.connect(${jsString(address)})`],
    ),
  ]
}

const list = (frames: readonly Uint8Array[]): string => `[${frames.map(jsFrame).join(', ')}]`

function body(plan: Plan): string[] {
  switch (plan.role) {
    case 'server':
      return [
        'for await (const question of socket) {',
        '  console.log(show(question))',
        `  await socket.send(${plan.answer === undefined ? 'question' : list(plan.answer)})`,
        '}',
      ]
    case 'client':
      if (plan.tries === 0)
        return [
          `await socket.send(${list(plan.message)})`,
          'console.log(show(await socket.receive()))',
          'socket.close()',
        ]
      return [
        `const question = ${list(plan.message)}`,
        `for (let attempt = 1; attempt <= ${plan.tries}; attempt++) {`,
        '  await socket.send(question)',
        '  try {',
        '    console.log(show(await socket.receive()))',
        '    break',
        '  } catch (error) {',
        "    if (error.code !== 'EAGAIN') throw error",
        "    console.log('no reply in time')",
        '  }',
        '}',
        'socket.linger = 0',
        'socket.close()',
      ]
    case 'publisher':
      return [
        '// Whoever subscribes later misses what came before: it is sent again and again, until Ctrl-C.',
        'for (;;) {',
        `  await socket.send(${list(plan.message)})`,
        '  await sleep(1000)',
        '}',
      ]
    case 'ventilator':
      return [`await socket.send(${list(plan.message)})`, 'socket.close()']
    case 'subscriber':
    case 'sink':
      return ['for await (const frames of socket) console.log(show(frames))']
    case 'worker':
      return [
        'for await (const task of source) {',
        '  console.log(show(task))',
        ...(plan.delay > 0 ? [`  await sleep(${plan.delay})`] : []),
        '  await target.send(task)',
        '}',
      ]
  }
}
