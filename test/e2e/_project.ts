import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { onTestFinished } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
const cli = join(repository, 'src/cli/main.ts')

export interface Output {
  code: number | null
  /** stdout and stderr as they came, without colours. */
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
  /** Runs vitest in the folder. */
  vitest(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Output>
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Running
  /** Runs the slogate command in the folder. */
  slogate(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Output>
  startSlogate(args: readonly string[], env?: NodeJS.ProcessEnv): Running
}

export const config = `
import { defineConfig } from 'vitest/config'
import slogate from ${JSON.stringify(join(repository, 'src/vitest/index.ts'))}
export default defineConfig({ plugins: [slogate()] })
`

/** A user's project: inside the repository, so that its dependencies are found. */
export function createProject(files: Readonly<Record<string, string>>): Project {
  mkdirSync(join(repository, '.vitest'), { recursive: true })
  const folder = mkdtempSync(join(repository, '.vitest', 'project-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  for (const [name, content] of Object.entries(files)) write(name, content)
  const start = (script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running =>
    run([script, ...args], { cwd: folder, env })
  return {
    folder,
    write,
    read: (name) => readFileSync(join(folder, name), 'utf8'),
    vitest: (args, env) => start(vitest, args, env).done,
    start: (args, env) => start(vitest, args, env),
    slogate: (args, env) => start(cli, args, env).done,
    startSlogate: (args, env) => start(cli, args, env),
  }
}

function run(args: string[], { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }): Running {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  const { promise, resolve } = Promise.withResolvers<Output>()
  child.on('close', (code) => resolve({ code, text }))
  return { child, text: () => text, done: promise }
}

/** This process's environment without what a test run or a CI adds to it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) =>
      !/^(VITEST|TEST$|NODE_ENV|CI$|GITHUB_|SLOGATE_|MODE$|DEV$|PROD$|SSR$|BASE_URL$|FORCE_COLOR)/.test(
        name,
      ),
  )
  return { ...Object.fromEntries(entries), NO_COLOR: '1', TERM: 'xterm' }
}

/** A hermetic chat spec whose SLO lines a test chooses; the first SLO stands on line 9. */
export function chatSpec(slos: readonly string[], more = ''): string {
  return [
    'url: /v1/chat/completions',
    'body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 4 }',
    'stream_format: openai-chat',
    'concurrency: 4',
    'requests: 60',
    'mock: { profile: vllm, ttft: 20ms, itl: 5ms }',
    more === '' ? '# nothing more' : more,
    'slo:',
    ...slos.map((slo) => `  - ${slo}`),
    '',
  ].join('\n')
}
