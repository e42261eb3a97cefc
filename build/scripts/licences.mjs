/** Whose work is in a package of ours, and whether each licence lets us ship it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

/** Where a build writes down what it took from which package; see `bundledPackages`. */
export const BUNDLED = 'out/licences'
export const PROGRAMS = ['main', 'preload', 'renderer']

/** Licences that let a program ship which is not under them itself. */
const ALLOWED = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0'])
/** And those that do so for one kind of thing: fonts, and libzmq, which stays in a file of its own and is not changed. */
const ALLOWED_FOR = { 'OFL-1.1': /^@fontsource/, 'MPL-2.0': /^(zeromq|libzmq)$/, 'Python-2.0': /^argparse$/ }

/**
 * @typedef {object} Work
 * @property {string} name
 * @property {string} version
 * @property {string} licence an SPDX expression
 * @property {string} [author]
 * @property {string} [home]
 * @property {string[]} texts of its licence files
 */

/** What no package.json names: it is compiled into a binary, or written into our bundles by the tool that made them. @type {(Work & { within: string })[]} */
const WITHIN = [
  {
    within: 'zeromq',
    name: 'libzmq',
    version: '4.3.5',
    licence: 'MPL-2.0',
    home: 'https://github.com/zeromq/libzmq (its source code in full)',
    texts: ['The text of the Mozilla Public License 2.0 stands below “zeromq”, whose addon contains libzmq unchanged.'],
  },
  {
    within: 'zeromq',
    name: 'libsodium',
    version: 'as in zeromq’s addon',
    licence: 'ISC',
    home: 'https://github.com/jedisct1/libsodium',
    texts: [
      `Copyright (c) 2013-2025 Frank Denis

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`,
    ],
  },
  {
    within: '@foxglove/wasm-zstd',
    name: 'zstd',
    version: 'as in @foxglove/wasm-zstd',
    licence: 'BSD-3-Clause',
    home: 'https://github.com/facebook/zstd',
    texts: [
      `Copyright (c) Meta Platforms, Inc. and affiliates. All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met:

 * Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.
 * Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in the documentation and/or other materials provided with the distribution.
 * Neither the name Facebook, nor Meta, nor the names of its contributors may be used to endorse or promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`,
    ],
  },
]
/** Tools whose own code is in what they build: Vite's loader of chunks, paraglide's run time. */
const TOOLS = ['vite', '@inlang/paraglide-js']
/** Optional peers of what we need, which npm lists with it and which never ship. */
const NEVER = new Set(['typescript', 'bufferutil', 'utf-8-validate'])

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`

/** Why a work may not ship; undefined when it may. @param {Pick<Work, 'name' | 'licence'>} work @returns {string | undefined} */
export function licenceFault({ name, licence }) {
  const terms = licence.replaceAll(/[()]/g, ' ').trim()
  if (terms === '') return `${name} names no licence.`
  // "A AND B OR C" is (A AND B) OR C; brackets do not change what the packages of today mean by it.
  const fine = terms.split(/\s+OR\s+/i).some((choice) => choice.split(/\s+AND\s+/i).every((one) => allowed(name, one)))
  return fine ? undefined : `${name} is under ${licence}, which is not on the list in build/scripts/licences.mjs.`
}

/** @param {string} name @param {string} licence */
function allowed(name, licence) {
  if (ALLOWED.has(licence)) return true
  return Object.entries(ALLOWED_FOR).some(([one, whose]) => one === licence && whose.test(name))
}

/** The package that a file of node_modules belongs to, as a folder below the project's; undefined for a file of ours. @param {string} id of a module */
export function packageOf(id) {
  const path = id.replaceAll('\\', '/')
  const start = path.indexOf('/node_modules/')
  if (start < 0) return undefined
  const inside = path.lastIndexOf('/node_modules/') + '/node_modules/'.length
  const name = /^(@[^/]+\/)?[^/?]+/.exec(path.slice(inside))?.[0]
  return name && path.slice(start + 1, inside) + name
}

/** Folders of all packages that the built programs import at run time, and what those need in turn. @returns {string[]} */
export function productionTree() {
  /** @type {Set<string>} */
  const found = new Set()
  /** @param {string} folder @param {string} name @param {boolean} optional */
  const take = (folder, name, optional) => {
    const at = nearest(folder, name)
    if (at === undefined) {
      if (!optional) throw new Error(`${name}, which ${folder || 'the app'} needs, is not installed.`)
      return
    }
    if (found.has(at) || NEVER.has(name)) return
    found.add(at)
    needs(at)
  }
  /** @param {string} folder */
  const needs = (folder) => {
    const { dependencies = {}, optionalDependencies = {} } = readPackage(folder)
    for (const name of Object.keys(dependencies)) take(folder, name, name in optionalDependencies)
    for (const name of Object.keys(optionalDependencies)) take(folder, name, true)
  }
  needs('')
  return [...found]
}

/** Where Node would find a package from a folder. @param {string} folder @param {string} name @returns {string | undefined} */
function nearest(folder, name) {
  const here = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
  if (existsSync(join(root, here, 'package.json'))) return here
  if (folder === '') return undefined
  const above = folder.lastIndexOf('/node_modules/')
  return nearest(above < 0 ? '' : folder.slice(0, above), name)
}

/** Everything of others that ships: what the programs import, what was bundled into them, and what lies within. @returns {Work[]} */
export function shippedWorks() {
  const bundled = PROGRAMS.flatMap((name) => JSON.parse(readFileSync(join(root, BUNDLED, `${name}.json`), 'utf8')))
  const folders = new Set([...productionTree(), ...bundled, ...TOOLS.map((name) => `node_modules/${name}`)])
  const works = [...folders].map(readWork)
  const names = new Set(works.map(({ name }) => name))
  works.push(...WITHIN.filter(({ within }) => names.has(within)))
  return works.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** @param {string} folder @returns {any} its package.json */
const readPackage = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))

/** @param {string} folder @returns {Work} */
function readWork(folder) {
  const { name, version, license, author, homepage, repository } = readPackage(folder)
  const texts = readdirSync(join(root, folder))
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(root, folder, file), 'utf8').trim())
  // Their texts lie in the package that they are part of.
  if (texts.length === 0 && name.startsWith('@koromix/')) texts.push(...readWork('node_modules/koffi').texts)
  const by = typeof author === 'string' ? author : author?.name
  if (texts.length === 0 && license === 'MIT') texts.push(`Copyright (c) ${by ?? `the authors of ${name}`}\n\n${MIT}`)
  return {
    name,
    version,
    licence: typeof license === 'string' ? license : (license?.type ?? byText(texts)),
    ...(by === undefined ? {} : { author: by }),
    home: homepage ?? (typeof repository === 'string' ? repository : repository?.url),
    texts,
  }
}

/** A package that names no licence, but brings the text of one: only the commonest is told from its text. @param {string[]} texts */
const byText = (texts) => (texts.some((text) => /^(the )?mit license/i.test(text)) ? 'MIT' : '')

/** The file that ships. @param {Work[]} works */
export function noticesText(works) {
  const parts = works.map(({ name, version, licence, home, texts }) =>
    [`${name} ${version}`, `Licence: ${licence}`, ...(home ? [home] : []), '', ...texts].join('\n'),
  )
  const line = `\n\n${'─'.repeat(100)}\n\n`
  return `Socketeer contains the work of others, with thanks. Each has its licence below.
Electron and Chromium come with files of their own: LICENSE.electron.txt and LICENSES.chromium.html.${line}${parts.join(line)}\n`
}
