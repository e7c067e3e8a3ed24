// The Node peers of peers.py: says what it found, then answers each line {"texts": [...]} with {"seconds", "findings"}.
//
//     node node_peers.mjs write-good|alex
//
// The packages are looked for from the working directory upward, beside this file, in NODE_PATH, and where npx puts them.
// Only the work is timed, not the start of Node nor the way of the texts here.
import fs from 'node:fs'
import {createRequire} from 'node:module'
import path from 'node:path'
import readline from 'node:readline'
import {fileURLToPath, pathToFileURL} from 'node:url'

const checks = {
  // Each gives a function from a text to the number of its findings.
  'write-good': async (entry) => {
    const {default: check} = await import(entry)
    return (text) => check(text).length
  },
  alex: async (entry) => {
    const {text: check} = await import(entry)
    return (text) => check(text).messages.length
  }
}

function folders() {
  const bin = path.join('node_modules', '.bin')
  const ofNpx = (process.env.PATH || '').split(path.delimiter).filter((folder) => folder.endsWith(bin))
  return [process.cwd(), path.dirname(fileURLToPath(import.meta.url)), ...ofNpx.map((folder) => path.dirname(path.dirname(folder)))]
}

function find(name) {
  for (const folder of folders()) {
    try {
      return createRequire(path.join(folder, 'any.js')).resolve(name)
    } catch {} // not here
  }
}

function release(name, entry) {
  for (let folder = path.dirname(entry); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json')
    const found = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {}
    if (found.name === name) return found.version
  }
  return '?'
}

const name = process.argv[2]
const entry = find(name)
if (!entry) {
  console.log(JSON.stringify({missing: `npm install ${name}`}))
} else {
  const check = await checks[name](pathToFileURL(entry).href)
  console.log(JSON.stringify({version: release(name, entry)}))
  for await (const line of readline.createInterface({input: process.stdin})) {
    const {texts} = JSON.parse(line)
    let findings = 0
    const begun = process.hrtime.bigint()
    for (const text of texts) findings += check(text)
    console.log(JSON.stringify({seconds: Number(process.hrtime.bigint() - begun) / 1e9, findings}))
  }
}
