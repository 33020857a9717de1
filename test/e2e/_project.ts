import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { inject } from 'vitest'

import { call, type Output as CallOutput } from '../cli/_terminal.ts'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** The package that was built for these tests. */
export const built = inject('package')

const vitest = join(built.folder, 'node_modules/vitest/vitest.mjs')

export interface Output {
  code: number | null
  stdout: string
  stderr: string
  /** Both as they came, without colours. */
  text: string
}

export interface Running {
  child: ChildProcess
  text(): string
  done: Promise<Output>
}

export interface Project {
  folder: string
  write(name: string, content: string): void
  read(name: string): string
  /** Runs a script of the folder. */
  node(args: readonly string[]): Promise<Output>
  /** Runs vitest in the folder. */
  vitest(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Output>
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Running
  /** Runs the slogate command in the folder, from the sources and in this process. */
  slogate(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<CallOutput>
  /** Runs the slogate command of the package in a process of its own. */
  startSlogate(args: readonly string[], env?: NodeJS.ProcessEnv): Running
}

export const config = `
import slogate from 'slogate/vitest'
import { defineConfig } from 'vitest/config'
export default defineConfig({ plugins: [slogate()] })
`

/** A user's project, in which the package and vitest are installed. Ends with the package. */
export function createProject(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(built.folder, 'project-'))
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  for (const [name, content] of Object.entries(files)) write(name, content)
  const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Running =>
    run(args, { cwd: folder, env })
  return {
    folder,
    write,
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    node: (args) => start(args).done,
    vitest: (args, env) => start([vitest, ...args], env).done,
    start: (args, env) => start([vitest, ...args], env),
    slogate: (args, env = {}) => call(args, { cwd: folder, env }),
    startSlogate: (args, env) => start([built.bin, ...args], env),
  }
}

function run(
  args: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Running {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...environment, TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '', text: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      output[name] += part
      output.text += part
    })
  }
  const { promise, resolve } = Promise.withResolvers<Output>()
  child.on('close', (code) => resolve({ code, ...output }))
  return { child, text: () => output.text, done: promise }
}

/** Of a process: nothing of this test run, of a CI or of a user's npm gets in. */
export const environment: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  NO_COLOR: '1',
  NODE_COMPILE_CACHE: join(built.folder, 'compiled'),
}

/** A hermetic chat spec whose SLO lines a test chooses; the first SLO stands on line 9. */
export function chatSpec(slos: readonly string[], more = ''): string {
  return [
    'url: /v1/chat/completions',
    'body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 4 }',
    'stream_format: openai-chat',
    'concurrency: 4',
    'requests: 60',
    'mock: { profile: vllm, ttft: 5ms, itl: 1ms }',
    more === '' ? '# nothing more' : more,
    'slo:',
    ...slos.map((slo) => `  - ${slo}`),
    '',
  ].join('\n')
}
