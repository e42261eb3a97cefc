import { cppFrame, cppString } from './literals.js'
import { curveFile, largeFrames, type CurvePlan, type OptionName, type Plan, type SocketPlan } from './plan.js'

/** A program for cppzmq 4.7 and newer, C++17. */
export function cppzmq(plan: Plan): string {
  const names = plan.sockets.length === 1 ? ['socket'] : ['source', 'target']
  const large = largeFrames(plan)
  const reads = plan.role !== 'publisher' && plan.role !== 'ventilator'
  const sends = plan.role !== 'subscriber' && plan.role !== 'sink'
  const waits = plan.role === 'publisher' || plan.delay > 0
  const own = plan.answer !== undefined || (sends && plan.role !== 'server' && plan.role !== 'worker')
  const lines = [
    ...[...plan.about, ...large, 'Needs cppzmq: g++ -std=c++17 program.cpp -lzmq'].map((line) => `// ${line}`),
    ...(waits ? ['#include <chrono>'] : []),
    '#include <cstdint>',
    ...(reads ? ['#include <cstdio>'] : []),
    ...(large.length > 0 || plan.curve?.kept === true ? ['#include <fstream>'] : []),
    '#include <iostream>',
    ...(reads || large.length > 0 ? ['#include <iterator>'] : []),
    '#include <string>',
    ...(waits ? ['#include <thread>'] : []),
    '#include <vector>',
    '',
    '#include <zmq.hpp>',
    '#include <zmq_addon.hpp>',
    '',
    ...(large.length > 0 ? [...readFile, ''] : []),
    ...(plan.curve?.kept === true ? [...curveKey, ''] : []),
    ...(own ? [...sendStrings, ''] : []),
    ...(reads ? [...show, ''] : []),
    'int main() {',
    ...[
      'zmq::context_t context;',
      ...pair(plan.curve),
      ...plan.sockets.flatMap((it, i) => ['', ...open(names[i]!, it, plan.curve)]),
      '',
      ...body(plan),
    ].map((line) => (line === '' ? '' : `    ${line}`)),
    '}',
  ]
  return `${lines.join('\n')}\n`
}

const readFile = [
  'static std::string read_file(const char* path) {',
  '    std::ifstream file(path, std::ios::binary);',
  '    return {std::istreambuf_iterator<char>(file), {}};',
  '}',
]
const curveKey = [
  '// Half of the pair in the certificate: "public" or "secret".',
  'static std::string curve_key(const std::string& half) {',
  `    std::ifstream file("${curveFile}");`,
  '    const std::string before = half + "-key = \\"";',
  '    for (std::string line; std::getline(file, line);) {',
  '        const auto at = line.find(before);',
  '        if (at != std::string::npos) return line.substr(at + before.size(), 40);',
  '    }',
  '    return {};',
  '}',
]
function pair(curve: CurvePlan | undefined): string[] {
  if (curve === undefined) return []
  if (curve.kept) return ['const auto public_key = curve_key("public"), secret_key = curve_key("secret");']
  return [
    'char made_public[41], made_secret[41];',
    'zmq_curve_keypair(made_public, made_secret);',
    'const std::string public_key = made_public, secret_key = made_secret;',
  ]
}
const sendStrings = [
  'static void send(zmq::socket_t& socket, const std::vector<std::string>& frames) {',
  '    std::vector<zmq::const_buffer> parts;',
  '    for (const auto& frame : frames) parts.push_back(zmq::buffer(frame));',
  '    zmq::send_multipart(socket, parts);',
  '}',
]
const show = [
  '// Each frame in quotes, with \\xNN for what is not printable ASCII.',
  'static void show(const std::vector<zmq::message_t>& frames) {',
  '    for (const auto& frame : frames) {',
  '        std::string text;',
  '        for (unsigned char byte : frame.to_string()) {',
  '            char escaped[5];',
  '            std::snprintf(escaped, sizeof escaped, "\\\\x%02x", byte);',
  "            const bool plain = byte >= 0x20 && byte < 0x7f && byte != '\"' && byte != '\\\\';",
  '            text += plain ? std::string(1, static_cast<char>(byte)) : std::string(escaped);',
  '        }',
  '        std::cout << \'"\' << text << "\\" ";',
  '    }',
  '    std::cout << std::endl;',
  '}',
]

function open(name: string, { kind, endpoints, options, topics }: SocketPlan, curve: CurvePlan | undefined): string[] {
  return [
    `zmq::socket_t ${name}(context, zmq::socket_type::${kind.toLowerCase()});`,
    ...options.map(
      ([option, value]) => `${name}.set(zmq::sockopt::${option.toLowerCase()}, ${cppValue(option, value)});`,
    ),
    ...(curve === undefined
      ? []
      : [
          `${name}.set(zmq::sockopt::curve_publickey, public_key);`,
          `${name}.set(zmq::sockopt::curve_secretkey, secret_key);`,
          curve.server === undefined
            ? `${name}.set(zmq::sockopt::curve_server, true);`
            : `${name}.set(zmq::sockopt::curve_serverkey, ${cppString(curve.server)});`,
        ]),
    ...topics.map((topic) => `${name}.set(zmq::sockopt::subscribe, ${cppString(topic)});`),
    ...endpoints.flatMap(({ method, address }) => [
      `${name}.${method}(${cppString(address)});`,
      ...(method === 'bind'
        ? [`std::cout << "bound to " << ${name}.get(zmq::sockopt::last_endpoint) << std::endl;`]
        : []),
    ]),
  ]
}

/** This one option has 64 bits, and cppzmq converts nothing. */
const cppValue = (option: OptionName, value: number): string =>
  option === 'MAXMSGSIZE' ? `std::int64_t{${value}}` : String(value)

const list = (frames: readonly Uint8Array[]): string => `{${frames.map(cppFrame).join(', ')}}`

function body(plan: Plan): string[] {
  const receive = (socket: string, name: string) => [
    `std::vector<zmq::message_t> ${name};`,
    `if (!zmq::recv_multipart(${socket}, std::back_inserter(${name}))) continue;`,
    `show(${name});`,
  ]
  const loop = (inner: string[]) => ['for (;;) {', ...inner.map((line) => `    ${line}`), '}']
  switch (plan.role) {
    case 'server':
      return loop([
        ...receive('socket', 'question'),
        plan.answer === undefined ? 'zmq::send_multipart(socket, question);' : `send(socket, ${list(plan.answer)});`,
      ])
    case 'client':
      if (plan.tries === 0)
        return [
          `send(socket, ${list(plan.message)});`,
          'std::vector<zmq::message_t> reply;',
          'if (zmq::recv_multipart(socket, std::back_inserter(reply))) show(reply);',
        ]
      return [
        `const std::vector<std::string> question = ${list(plan.message)};`,
        `for (int attempt = 1; attempt <= ${plan.tries}; attempt++) {`,
        '    send(socket, question);',
        '    std::vector<zmq::message_t> reply;',
        '    if (zmq::recv_multipart(socket, std::back_inserter(reply))) {',
        '        show(reply);',
        '        break;',
        '    }',
        '    std::cout << "no reply in time" << std::endl;',
        '}',
        'socket.set(zmq::sockopt::linger, 0);',
      ]
    case 'publisher':
      return [
        '// Whoever subscribes later misses what came before: it is sent again and again, until Ctrl-C.',
        ...loop([`send(socket, ${list(plan.message)});`, 'std::this_thread::sleep_for(std::chrono::seconds(1));']),
      ]
    case 'ventilator':
      return [`send(socket, ${list(plan.message)});`]
    case 'subscriber':
    case 'sink':
      return loop(receive('socket', 'frames'))
    case 'worker':
      return loop([
        ...receive('source', 'task'),
        ...(plan.delay > 0 ? [`std::this_thread::sleep_for(std::chrono::milliseconds(${plan.delay}));`] : []),
        'zmq::send_multipart(target, task);',
      ])
  }
}
