import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, join } from 'node:path'

import { onTestFinished } from 'vitest'

import { startServer } from '../../src/mock/index.ts'
import type { Results } from '../../src/results/results.ts'
import { loadSpecs } from '../../src/run/checked-spec.ts'
import type { Block, Page, Section } from '../_pages.ts'
import { refusingUrl } from '../_server.ts'
import { checkWorkflow } from '../github/_workflow.ts'
import { lackedLoad, sharedLuck, wasLimited } from './_limits.ts'
import { built, config, createProject, environment, type Project, repository } from './_project.ts'

/** The sections of a page that have something to follow, with their names. */
export function listExamples({ sections }: Page): [name: string, section: Section][] {
  return sections
    .filter(({ blocks }) => blocks.some(({ language }) => language !== 'text'))
    .map((section) => [`${section.page}: ${section.title}`, section])
}

/**
 * Does what a reader of the section would do, in a project of its own, and returns what went wrong
 * and what nothing has executed.
 */
export async function playSection({ blocks, earlier }: Section): Promise<string[]> {
  const lines = blocks.filter(({ language }) => language === 'sh').flatMap(readLines)
  const place = await preparePlace(lines)
  const project = createUserProject(blocks)
  if (lines.some((line) => line.startsWith('npm ci'))) becomeClone(project)
  if (lines.some((line) => line.includes('node_modules/slogate'))) installHere(project)
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
    if (uses(file === vitestConfig ? 'vitest' : file)) return []
  }
  return [`nothing executes the ${language} block ${file ?? text}`]
}

/** A part of a spec: with a url it is one. */
function checkFragment(text: string, project: Project): string[] {
  const url = /^url:/m.test(text) ? '' : 'url: http://127.0.0.1/v1/chat/completions\n'
  project.write('fragment.yaml', url + text)
  try {
    loadSpecs(join(project.folder, 'fragment.yaml'), { env })
    return []
  } catch (error) {
    return [`${text}${(error as Error).message}`]
  }
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
  const serving = new URL(await refusingUrl())
  return (text) =>
    text
      .replaceAll('https://staging.example.com', server.url)
      .replaceAll('http://127.0.0.1:8000', own.origin)
      .replaceAll('--port 8000', `--port ${own.port}`)
      .replaceAll('http://127.0.0.1:8080', serving.origin)
      .replaceAll('--port 8080', `--port ${serving.port}`)
}

const vitestConfig = 'vitest.config.mts'

/**
 * A project in which `npx` and `slogate` are commands, and prompts lie around: as `npm init` makes
 * it, but for programs of the reader's own, which are modules.
 */
function createUserProject(blocks: readonly Block[]): Project {
  const programs = blocks.filter(({ language, file }) => language === 'ts' && file !== vitestConfig)
  const type = programs.length === 0 ? 'commonjs' : 'module'
  const project = createProject({
    'package.json': JSON.stringify({ private: true, type }),
    'shims/slogate': `#!/bin/sh\nexec node ${JSON.stringify(built.bin)} "$@"\n`,
    'shims/npx': `#!/bin/sh\ncase "$1" in vitest | slogate) exec "$@" ;; esac\nexit 127\n`,
    // Installing was done before, and these are the tests.
    'shims/npm': `#!/bin/sh\ncase "$1" in ci | i | test) exit 0 ;; esac\nexit 127\n`,
  })
  for (const name of ['slogate', 'npx', 'npm'])
    chmodSync(join(project.folder, 'shims', name), 0o755)
  cpSync(join(repository, 'bench/prompts.csv'), join(project.folder, 'prompts.csv'))
  const talks = join(repository, 'fixtures/datasets/conversations.jsonl')
  cpSync(talks, join(project.folder, 'talks.jsonl'))
  return project
}

/** With one spec of this repository; all of them run where it is built. */
function becomeClone(project: Project): void {
  for (const name of ['bench/chat.bench.yaml', 'bench/prompts.csv']) {
    cpSync(join(repository, name), join(project.folder, name))
  }
  project.write(vitestConfig, config)
}

/** Where a reader's own npm would have put it. */
function installHere({ folder }: Project): void {
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(built.folder, 'node_modules/slogate'), join(folder, 'node_modules/slogate'))
}

const env = { API_KEY: 'sk-example-0123456789' }

const tsconfig = JSON.stringify({
  extends: join(repository, 'tsconfig.json'),
  // Of the package, not of the sources.
  compilerOptions: { paths: {}, typeRoots: [join(built.folder, 'node_modules/@types')] },
  include: ['**/*.ts', '**/*.mts'],
})

/**
 * Runs a line of a shell block; `# exit 1` at its end is the exit code that it promises. A warning
 * of Vite's is a problem too.
 */
async function runLine(line: string, { folder }: Project): Promise<string[]> {
  const [, command = '', promised = '0'] = /^(.*?)(?:\s+# exit (\d+))?$/.exec(line) ?? []
  const background = command.endsWith('&')
  const child = spawn('sh', ['-c', background ? command.slice(0, -1) : command], {
    cwd: folder,
    env: {
      ...environment,
      PATH: `${join(folder, 'shims')}:${join(repository, 'node_modules/.bin')}:${environment['PATH']}`,
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
  if (background) return awaitReady(child)
  const started = Date.now()
  const { code, text } = await awaitExit(child)
  if (/^\(!\)/m.test(text)) return [`${line}\n${text}`]
  if (code === Number(promised) || couldNotTell(folder, started)) return []
  return [`${line}\nexit code ${code}, promised ${promised}\n${text}`]
}

/**
 * Whether what was run since then is all an honest tool may say where other work takes the cores
 * away: a PASS, or that the client could not keep up, the load was not held, or parts of the run had a
 * luck of their own, which no exit code of a page foresees.
 */
function couldNotTell(folder: string, since: number): boolean {
  const limited = listResults(folder)
    .filter((file) => statSync(file).mtimeMs >= since)
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Results)
    .filter(({ verdict }) => verdict.status !== 'PASS')
  return (
    limited.length > 0 &&
    limited.every(
      (results) =>
        results.verdict.status === 'INCONCLUSIVE' &&
        (wasLimited(results) || lackedLoad(results) || sharedLuck(results)),
    )
  )
}

function awaitExit(child: ChildProcess): Promise<{ code: number | null; text: string }> {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, text }))
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
  return new Set(
    listResults(folder).map((file) => {
      const { spec } = JSON.parse(readFileSync(file, 'utf8')) as Results
      return spec.file ?? ''
    }),
  )
}

/** Paths of our results.json; vitest keeps one of its own in node_modules. */
function listResults(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) === 'results.json' && !name.startsWith('node_modules'))
    .map((name) => join(folder, name))
}
