import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MAX_UPLOAD_BYTES } from '../../src-main/contract/index.js'
import { RecordingFolder } from '../../src-main/recording/folder.js'
import { Uploads } from '../../src-main/recording/uploads.js'
import { scratch } from './helpers.js'

const magic = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a)

function folderWith(...names: string[]) {
  const path = join(scratch(), 'recordings')
  const growing: string[] = []
  const folder = new RecordingFolder(path, () => growing)
  return {
    path,
    folder,
    growing,
    uploads: new Uploads(folder),
    fill: () => names.forEach((name) => writeFileSync(join(path, name), name)),
  }
}

describe('the folder of the recordings', () => {
  test('gives a file another name, and never one that is taken', async () => {
    const { path, folder, growing, fill } = folderWith('a.mcap', 'b.mcap', 'c.csv')
    await folder.ready()
    fill()
    expect(await folder.rename('a.mcap', 'first drive')).toBe('first drive.mcap')
    expect(await folder.rename('c.csv', 'table')).toBe('table.csv')
    expect(await folder.rename('b.mcap', 'b')).toBe('b.mcap')
    await expect(folder.rename('b.mcap', 'first drive')).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    await expect(folder.rename('gone.mcap', 'd')).rejects.toMatchObject({ code: 'NO_FILE' })
    growing.push('b.mcap')
    await expect(folder.rename('b.mcap', 'd')).rejects.toMatchObject({ code: 'RECORDING_BUSY' })
    expect(readFileSync(join(path, 'first drive.mcap'), 'utf8')).toBe('a.mcap')
    expect((await folder.list()).map(({ name }) => name).sort()).toEqual(['b.mcap', 'first drive.mcap', 'table.csv'])
  })

  test('does not give back what another has taken the name of', async () => {
    const { folder, fill } = folderWith('a.mcap')
    await folder.ready()
    fill()
    await folder.remove('a.mcap')
    fill()
    await expect(folder.restore('a.mcap')).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    await folder.end()
    expect(await folder.list()).toHaveLength(1)
  })
})

describe('a file that is handed over', () => {
  test('comes piece by piece, is there when it is whole, and takes no other’s place', async () => {
    const { path, folder, uploads, fill } = folderWith('drive.mcap')
    await folder.ready()
    fill()
    const bytes = Buffer.concat([magic, Buffer.alloc(3000, 'x')])
    const upload = await uploads.begin('drive.mcap', bytes.byteLength)
    const pieces = [bytes.subarray(0, 1000), bytes.subarray(1000, 2000), bytes.subarray(2000)]
    expect(await uploads.piece(upload, pieces[0]!)).toEqual({})
    expect((await folder.list()).find(({ name }) => name === 'drive (2).mcap')).toMatchObject({ growing: true })
    await expect(folder.whole('drive (2).mcap')).rejects.toMatchObject({ code: 'RECORDING_BUSY' })
    // Two at once keep their order.
    expect(await Promise.all([uploads.piece(upload, pieces[1]!), uploads.piece(upload, pieces[2]!)])).toEqual([
      {},
      { name: 'drive (2).mcap' },
    ])
    expect(readFileSync(join(path, 'drive (2).mcap'))).toEqual(bytes)
    expect(readFileSync(join(path, 'drive.mcap'), 'utf8')).toBe('drive.mcap')
    expect(await folder.whole('drive (2).mcap')).toMatchObject({ bytes: bytes.byteLength })
    await uploads.abandon(upload)
    expect(existsSync(join(path, 'drive (2).mcap'))).toBe(true)
  })

  test('is refused in one sentence when it is no recording, too long, or longer than it said', async () => {
    const { path, uploads } = folderWith()
    await expect(uploads.begin('huge.mcap', MAX_UPLOAD_BYTES + 1)).rejects.toMatchObject({ code: 'TOO_LARGE' })
    await expect(uploads.begin('none.mcap', 0)).rejects.toMatchObject({ code: 'BAD_RECORDING' })
    const text = await uploads.begin('text.mcap', 100)
    await expect(uploads.piece(text, Buffer.alloc(100, 't'))).rejects.toMatchObject({ code: 'BAD_RECORDING' })
    await expect(uploads.piece(text, magic)).rejects.toMatchObject({ code: 'NO_UPLOAD' })
    const longer = await uploads.begin('longer.mcap', 10)
    await expect(uploads.piece(longer, Buffer.concat([magic, magic]))).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(readdirSync(path)).toEqual([])
  })

  test('leaves nothing when whoever hands it over goes', async () => {
    const { path, folder, uploads } = folderWith()
    const one = await uploads.begin('one.mcap', 100)
    await uploads.piece(one, magic)
    await uploads.begin('two.mcap', 100)
    await uploads.abandon(one)
    expect(readdirSync(path)).toEqual(['two.mcap'])
    await uploads.close()
    expect(await folder.list()).toEqual([])
  })
})
