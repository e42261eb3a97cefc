import { connect } from 'node:net'
import { within } from '../helpers/until.js'

/** One answer, as it stood on the wire. */
export interface RawAnswer {
  status: number
  /** By lower-case name; several of one name are joined with a newline. */
  headers: Record<string, string>
  body: string
}

/** Sends bytes as they are to a loopback port, and gives back all that came until the other side closed. */
export async function exchange(port: number, text: string, host = '127.0.0.1'): Promise<string> {
  const socket = connect(port, host)
  socket.setEncoding('latin1')
  let received = ''
  const closed = new Promise<string>((resolve) => {
    socket.on('data', (chunk: string) => (received += chunk))
    // A reset after the answer is an end like any other.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
  })
  socket.write(text, 'latin1')
  return within(closed, 15_000, 'the connection to close')
}

/** One request with exactly these header lines, and its answer. */
export async function request(port: number, line: string, headers: readonly string[], body = ''): Promise<RawAnswer> {
  return parse(await exchange(port, [`${line} HTTP/1.1`, ...headers, 'Connection: close', '', body].join('\r\n')))
}

export function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).toLowerCase()
    const value = line.slice(at + 1).trim()
    headers[name] = name in headers ? `${headers[name]}\n${value}` : value
  }
  return { status: Number(first.split(' ')[1]), headers, body: text.slice(end + 4) }
}
