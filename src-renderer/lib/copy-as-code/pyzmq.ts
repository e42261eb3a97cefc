import { pythonBytes, pythonString } from './literals.js'
import { curveFile, largeFrames, type CurvePlan, type Plan, type SocketPlan } from './plan.js'

/** A script for pyzmq, Python 3.8 and newer. */
export function pyzmq(plan: Plan): string {
  const [socket] = plan.sockets
  const names = plan.sockets.length === 1 ? ['socket'] : ['source', 'target']
  const sleeps = plan.role === 'publisher' || plan.delay > 0
  const lines = [
    ...[...plan.about, ...largeFrames(plan), 'Needs pyzmq: pip install pyzmq'].map((line) => `# ${line}`),
    ...(sleeps ? ['import time', ''] : []),
    'import zmq',
    ...(plan.curve?.kept === true ? ['import zmq.auth'] : []),
    '',
    'context = zmq.Context()',
    ...pair(plan.curve),
    ...plan.sockets.flatMap((it, i) => ['', ...open(names[i]!, it, plan.curve)]),
    '',
    ...body(plan),
  ]
  return socket === undefined ? '' : `${lines.join('\n')}\n`
}

function pair(curve: CurvePlan | undefined): string[] {
  if (curve === undefined) return []
  return [`public, secret = ${curve.kept ? `zmq.auth.load_certificate("${curveFile}")` : 'zmq.curve_keypair()'}`]
}

function open(name: string, { kind, endpoints, options, topics }: SocketPlan, curve: CurvePlan | undefined): string[] {
  return [
    `${name} = context.socket(zmq.${kind})`,
    ...options.map(([option, value]) => `${name}.setsockopt(zmq.${option}, ${value})`),
    ...(curve === undefined
      ? []
      : [
          `${name}.curve_publickey, ${name}.curve_secretkey = public, secret`,
          curve.server === undefined
            ? `${name}.curve_server = True`
            : `${name}.curve_serverkey = ${pythonString(curve.server)}.encode()`,
        ]),
    ...topics.map((topic) => `${name}.setsockopt(zmq.SUBSCRIBE, ${pythonString(topic)}.encode())`),
    ...endpoints.flatMap(({ method, address }) => [
      `${name}.${method}(${pythonString(address)})`,
      ...(method === 'bind' ? [`print("bound to", ${name}.getsockopt_string(zmq.LAST_ENDPOINT), flush=True)`] : []),
    ]),
  ]
}

const list = (frames: readonly Uint8Array[]): string => `[${frames.map(pythonBytes).join(', ')}]`

function body(plan: Plan): string[] {
  switch (plan.role) {
    case 'server':
      return [
        'while True:',
        '    question = socket.recv_multipart()',
        '    print(question, flush=True)',
        `    socket.send_multipart(${plan.answer === undefined ? 'question' : list(plan.answer)})`,
      ]
    case 'client':
      if (plan.tries === 0)
        return [
          `socket.send_multipart(${list(plan.message)})`,
          'print(socket.recv_multipart(), flush=True)',
          'socket.close()',
          'context.term()',
        ]
      return [
        `question = ${list(plan.message)}`,
        `for attempt in range(${plan.tries}):`,
        '    socket.send_multipart(question)',
        '    try:',
        '        print(socket.recv_multipart(), flush=True)',
        '        break',
        '    except zmq.Again:',
        '        print("no reply in time", flush=True)',
        'socket.close(linger=0)',
        'context.term()',
      ]
    case 'publisher':
      return [
        '# Whoever subscribes later misses what came before: it is sent again and again, until Ctrl-C.',
        'while True:',
        `    socket.send_multipart(${list(plan.message)})`,
        '    time.sleep(1)',
      ]
    case 'ventilator':
      return [`socket.send_multipart(${list(plan.message)})`, 'socket.close()', 'context.term()']
    case 'subscriber':
    case 'sink':
      return ['while True:', '    print(socket.recv_multipart(), flush=True)']
    case 'worker':
      return [
        'while True:',
        '    task = source.recv_multipart()',
        '    print(task, flush=True)',
        ...(plan.delay > 0 ? [`    time.sleep(${plan.delay / 1000})`] : []),
        '    target.send_multipart(task)',
      ]
  }
}
