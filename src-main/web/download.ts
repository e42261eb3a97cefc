import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import * as v from 'valibot'
import { Fault, FolderFileSchema } from '../contract/index.js'

/** Under it are the files of the recordings folder. */
export const DOWNLOADS = '/recordings/'

export interface Download {
  /** As it stands in the request. */
  readonly name: string
  /** Where a file of that name is. Rejects with a Fault that says why it is not to be had. */
  readonly download: (name: string) => Promise<{ path: string; bytes: number }>
  readonly headers: Record<string, string>
  readonly refuse: (status: number, words: string) => void
}

/**
 * Sends a file to whoever was let in, as it is read: of any size, in little memory, and as a download, whatever is in it. A name that is no plain name of a recording leads
 * nowhere: it is looked at after decoding, and no part of it is ever a path.
 */
export async function sendFile(request: IncomingMessage, response: ServerResponse, download: Download): Promise<void> {
  const { headers, refuse } = download
  const name = decoded(download.name)
  if (name === undefined || !v.is(FolderFileSchema, name))
    return refuse(404, 'There is no recording of this name here. The page lists those that there are.')
  let found: { path: string; bytes: number }
  try {
    found = await download.download(name)
  } catch (error) {
    if (!(error instanceof Fault)) return refuse(500, 'This file could not be read.')
    return refuse(error.code === 'RECORDING_BUSY' ? 409 : 404, error.message)
  }
  const { path, bytes } = found
  response.writeHead(200, {
    ...headers,
    'Content-Type': 'application/octet-stream',
    'Content-Length': bytes,
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`,
  })
  if (request.method === 'HEAD' || bytes === 0) return void response.end()
  // As many bytes as were said, though it should grow. Whoever hangs up has seen enough, and what cannot be read is cut off, which the length tells.
  await pipeline(createReadStream(path, { end: bytes - 1 }), response).catch(() => response.destroy())
}

function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
