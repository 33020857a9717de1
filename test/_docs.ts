import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { onTestFinished } from 'vitest'

import { startServer } from '../src/mock/index.ts'
import { loadSpec } from '../src/run/checked-spec.ts'
import { refusingUrl } from './_server.ts'
import { createProject, type Project } from './e2e/_project.ts'
import { checkWorkflow } from './github/_workflow.ts'

export const repository = fileURLToPath(new URL('..', import.meta.url))

/** A fenced block: ```` ```language file ````. */
export interface Block {
  language: string
  /** The file that it is the content of; `undefined` for a fragment. */
  file: string | undefined
  text: string
}

/** What stands below one `##`. */
export interface Section {
  page: string
  title: string
  blocks: readonly Block[]
  /** Named blocks of the sections before it on the same page. */
  earlier: readonly Block[]
}

export interface Page {
  name: string
  text: string
  sections: readonly Section[]
}

export function readPage(name: string): Page {
  const text = readFileSync(join(repository, name), 'utf8')
  const earlier: Block[] = []
  const sections = splitSections(text).map(({ title, lines }) => {
    const blocks = readBlocks(lines)
    const section = { page: name, title, blocks, earlier: [...earlier] }
    earlier.push(...blocks.filter(({ file }) => file !== undefined))
    return section
  })
  return { name, text, sections }
}

/** Rows of the table that begins with this header row, cells trimmed. */
export function readTable(text: string, header: string): string[][] {
  const lines = text.split('\n')
  const start = lines.indexOf(header)
  if (start === -1) throw new Error(`no table with the header ${header}`)
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end === -1 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** What stands between backticks. */
export function readCodes(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '')
}

/**
 * Does what a reader of the section would do, in a project of its own, and returns what went wrong
 * and what nothing has executed.
 */
export async function playSection({ blocks, earlier }: Section): Promise<string[]> {
  const lines = blocks.filter(({ language }) => language === 'sh').flatMap(readLines)
  const place = await preparePlace(lines)
  const project = createUserProject()
  if (lines.some((line) => line.startsWith('npm ci'))) becomeClone(project)
  for (const { file, text } of [...earlier, ...blocks]) {
    if (file !== undefined) project.write(file, place(text))
  }
  const problems: string[] = []
  const play = { project, blocks, lines, place }
  if (blocks.some(({ language }) => language === 'ts')) {
    project.write('tsconfig.json', tsconfig)
    problems.push(...(await runLine('tsc -p .', project)))
  }
  for (const line of lines) problems.push(...(await runLine(place(line), project)))
  for (const block of blocks) problems.push(...(await execute(block, play)))
  return problems
}

interface Play {
  project: Project
  blocks: readonly Block[]
  lines: readonly string[]
  place: (text: string) => string
}

/** What is wrong with a block that the commands of its section may or may not have executed. */
async function execute({ language, file, text }: Block, play: Play): Promise<string[]> {
  const { project, blocks, lines, place } = play
  const uses = (word: string): boolean => lines.some((line) => line.includes(word))
  if (language === 'text' || language === 'sh') return []
  if (file === undefined) {
    if (language === 'yaml') return checkFragment(place(text), project)
  } else if (file.startsWith('.github/workflows/')) {
    return checkWorkflow(text)
  } else if (/\.bench\.\w+$/.test(file)) {
    if (listRuns(project.folder).has(file)) return []
    return runLine(`slogate run -c ${file} --quiet`, project)
  } else if (language === 'csv') {
    if (blocks.some((other) => other.text.includes(`file: ${basename(file)}`))) return []
  } else if (language === 'ts') {
    if (uses(file === 'vitest.config.ts' ? 'vitest' : file)) return []
  }
  return [`nothing executes the ${language} block ${file ?? text}`]
}

/** A part of a spec: with a url it is one. */
function checkFragment(text: string, project: Project): string[] {
  const url = /^url:/m.test(text) ? '' : 'url: http://127.0.0.1/v1/chat/completions\n'
  project.write('fragment.yaml', url + text)
  try {
    loadSpec(join(project.folder, 'fragment.yaml'), { env })
    return []
  } catch (error) {
    return [`${text}${(error as Error).message}`]
  }
}

function splitSections(text: string): { title: string; lines: string[] }[] {
  const sections = [{ title: '', lines: [] as string[] }]
  let fenced = false
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced
    if (!fenced && line.startsWith('## ')) sections.push({ title: line.slice(3), lines: [] })
    sections.at(-1)?.lines.push(line)
  }
  return sections
}

function readBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let open: { language: string; file: string | undefined; text: string } | undefined
  for (const line of lines) {
    if (open === undefined) {
      if (!line.startsWith('```')) continue
      const [language = '', file] = line.slice(3).split(' ')
      open = { language, file, text: '' }
    } else if (line === '```') {
      blocks.push(open)
      open = undefined
    } else {
      open.text += `${line}\n`
    }
  }
  return blocks
}

function readLines({ text }: Block): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

/** The hosts of the examples are a mock server: one that runs, or the one that the lines start. */
async function preparePlace(lines: readonly string[]): Promise<(text: string) => string> {
  const starts = lines.some((line) => line.includes('mock --port 8000'))
  const server = await startServer({ profile: 'vllm', ttft: '5ms', itl: '1ms' })
  onTestFinished(() => server.close())
  const own = new URL(starts ? await refusingUrl() : server.url)
  return (text) =>
    text
      .replaceAll('https://staging.example.com', server.url)
      .replaceAll('http://127.0.0.1:8000', own.origin)
      .replaceAll('--port 8000', `--port ${own.port}`)
}

/** A project in which `slogate` is installed, `npx` and `slogate` are commands, and prompts lie around. */
function createUserProject(): Project {
  const entry = (file: string): string => JSON.stringify(join(repository, 'src', file))
  const project = createProject({
    'package.json': '{ "private": true, "type": "module" }',
    'node_modules/slogate/package.json': JSON.stringify({
      name: 'slogate',
      type: 'module',
      exports: { '.': './index.js', './vitest': './vitest.js', './mock': './mock.js' },
    }),
    'node_modules/slogate/index.js': `export * from ${entry('index.ts')}`,
    'node_modules/slogate/mock.js': `export * from ${entry('mock/index.ts')}`,
    'node_modules/slogate/vitest.js': `export * from ${entry('vitest/index.ts')}\nexport { default } from ${entry('vitest/index.ts')}`,
    'shims/slogate': `#!/bin/sh\nexec node ${entry('cli/main.ts')} "$@"\n`,
    'shims/npx': `#!/bin/sh\ncase "$1" in vitest | slogate) exec "$@" ;; esac\nexit 127\n`,
    // Installing was done before, and these are the tests.
    'shims/npm': `#!/bin/sh\ncase "$1" in ci | i | test) exit 0 ;; esac\nexit 127\n`,
  })
  for (const name of ['slogate', 'npx', 'npm'])
    chmodSync(join(project.folder, 'shims', name), 0o755)
  cpSync(join(repository, 'bench/prompts.csv'), join(project.folder, 'prompts.csv'))
  return project
}

function becomeClone(project: Project): void {
  cpSync(join(repository, 'bench'), join(project.folder, 'bench'), { recursive: true })
  const plugin = `import slogate from 'slogate/vitest'\nexport default { plugins: [slogate()] }\n`
  project.write('vitest.config.ts', plugin)
}

const env = { API_KEY: 'sk-example-0123456789' }

const tsconfig = JSON.stringify({
  extends: join(repository, 'tsconfig.json'),
  compilerOptions: {
    paths: {
      slogate: [join(repository, 'src/index.ts')],
      'slogate/vitest': [join(repository, 'src/vitest/index.ts')],
      'slogate/mock': [join(repository, 'src/mock/index.ts')],
    },
  },
  include: ['**/*.ts'],
})

/** Runs a line of a shell block; `# exit 1` at its end is the exit code that it promises. */
async function runLine(line: string, { folder }: Project): Promise<string[]> {
  const [, command = '', promised = '0'] = /^(.*?)(?:\s+# exit (\d+))?$/.exec(line) ?? []
  const background = command.endsWith('&')
  const child = spawn('sh', ['-c', background ? command.slice(0, -1) : command], {
    cwd: folder,
    env: {
      PATH: `${join(folder, 'shims')}:${join(repository, 'node_modules/.bin')}:${process.env['PATH']}`,
      HOME: process.env['HOME'],
      NO_COLOR: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that everything a line has started can be ended with it.
    detached: true,
  })
  onTestFinished(() => {
    if (child.exitCode !== null || child.pid === undefined) return
    process.kill(-child.pid, 'SIGTERM')
  })
  return background ? awaitReady(child) : awaitExit(child, { line, promised: Number(promised) })
}

function awaitExit(
  child: ChildProcess,
  { line, promised }: { line: string; promised: number },
): Promise<string[]> {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve(
        code === promised ? [] : [`${line}\nexit code ${code}, promised ${promised}\n${text}`],
      )
    })
  })
}

/** A command in the background is ready when it has said something. */
function awaitReady(child: ChildProcess): Promise<string[]> {
  return new Promise((resolve) => {
    child.stdout?.once('data', () => resolve([]))
    child.once('close', (code) => resolve([`ended with exit code ${code}`]))
  })
}

/** Spec files of which there are results. */
function listRuns(folder: string): Set<string> {
  const out = join(folder, '.vitest/slogate')
  if (!existsSync(out)) return new Set()
  const names = readdirSync(out, { recursive: true, encoding: 'utf8' })
  return new Set(
    names
      .filter((name) => basename(name) === 'results.json')
      .map((name) => {
        const { spec } = JSON.parse(readFileSync(join(out, name), 'utf8')) as {
          spec: { file: string | null }
        }
        return spec.file ?? ''
      }),
  )
}
