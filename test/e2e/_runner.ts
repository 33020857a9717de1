import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { action } from '../github/_workflow.ts'
import { environment } from './_project.ts'

export interface JobOptions {
  /** Workspace of the job. */
  workspace: string
  with?: Record<string, string>
  /** Of the job; `undefined` takes a variable of the runner away. */
  env?: Record<string, string | undefined>
  event?: object
  /** What stands in the summary of the step already. */
  summary?: string
  /** Called with the process of each step. */
  onStep?(step: { kill(signal: NodeJS.Signals): void; log(): string }): void
}

export interface Job {
  code: number | null
  /** stdout and stderr as they came. */
  log: string
  /** What the runner takes out of the log as commands, in its order. */
  commands: { name: string; properties: Record<string, string>; message: string }[]
  /** Of the action. */
  outputs: Record<string, string>
  summary: string
  /** Everything else that the files of the runner hold. */
  environment: string
}

/** Runs the steps of the composite action as GitHub's runner does: bash, files, substitution. */
export async function runAction(options: JobOptions): Promise<Job> {
  const { workspace } = options
  const temp = mkdtempSync(join(dirname(workspace), 'runner-'))
  const file = (name: string, content: string): string => {
    const path = join(temp, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  }
  const jobEnv: Record<string, string | undefined> = {
    PATH: environment['PATH'],
    NODE_COMPILE_CACHE: environment['NODE_COMPILE_CACHE'],
    HOME: temp,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_SHA: 'c'.repeat(40),
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(options.event ?? {})),
    // Nobody listens: no test may reach GitHub.
    GITHUB_API_URL: 'http://127.0.0.1:9',
    ...options.env,
  }
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: preset }]) => [
      name,
      options.with?.[name] ?? substitute(preset, { 'github.token': 'ghs_default' }),
    ]),
  )
  const context: Record<string, string> = {
    'github.token': 'ghs_default',
    ...prefix('inputs', inputs),
    ...prefix('env', jobEnv),
  }

  const job: Job = { code: 0, log: '', commands: [], outputs: {}, summary: '', environment: '' }
  for (const [index, step] of action.runs.steps.entries()) {
    if (step.shell !== 'bash' || step.run === undefined) throw new Error('not a step of bash')
    const files = {
      GITHUB_OUTPUT: file(`${index}/output`, ''),
      GITHUB_STEP_SUMMARY: file(`${index}/summary`, options.summary ?? ''),
      GITHUB_ENV: file(`${index}/env`, ''),
      GITHUB_PATH: file(`${index}/path`, ''),
      GITHUB_STATE: file(`${index}/state`, ''),
    }
    const env: Record<string, string | undefined> = { ...jobEnv, ...files, ...options.env }
    for (const [name, value] of Object.entries(step.env ?? {})) {
      env[name] = substitute(value, context)
    }
    const cwd = join(workspace, substitute(step['working-directory'] ?? '.', context))
    const script = file(`${index}/script.sh`, step.run)
    const { code, log } = await runScript(script, { cwd, env, onStep: options.onStep })
    job.code = code
    job.log += log
    job.summary += readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8')
    for (const name of ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE'] as const) {
      job.environment += readFileSync(files[name], 'utf8')
    }
    const outputs = readOutputs(readFileSync(files.GITHUB_OUTPUT, 'utf8'))
    Object.assign(context, prefix(`steps.${step.id}.outputs`, outputs))
    if (code !== 0) break
  }
  job.commands = readCommands(job.log)
  for (const [name, { value }] of Object.entries(action.outputs)) {
    job.outputs[name] = substitute(value, context)
  }
  return job
}

function prefix(
  name: string,
  values: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`${name}.${key}`, value ?? '']),
  )
}

/** `${{ a || b }}` of names; whatever is not known is empty, as on GitHub. */
function substitute(text: string, context: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
    const names = expression.split('||').map((name) => name.trim())
    const odd = names.find((name) => !/^(inputs|env|github|steps)(\.[\w-]+)+$/.test(name))
    if (odd !== undefined) throw new Error(`the runner of the tests cannot evaluate ${odd}`)
    return names.map((name) => context[name] ?? '').find((value) => value !== '') ?? ''
  })
}

function runScript(
  script: string,
  given: {
    cwd: string
    env: Readonly<Record<string, string | undefined>>
    onStep: JobOptions['onStep']
  },
): Promise<{ code: number | null; log: string }> {
  const { cwd, env, onStep } = given
  const args = ['--noprofile', '--norc', '-e', '-o', 'pipefail', script]
  const child = spawn('bash', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      log += part
    })
  }
  onStep?.({ kill: (signal) => child.kill(signal), log: () => log })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, log }))
  })
}

function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  const lines = text.split('\n')
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name = '', delimiter = ''] = /^([^=]+?)<<(.+)$/.exec(line) ?? []
    if (name !== '') outputs[name] = lines.splice(0, lines.indexOf(delimiter)).join('\n')
    if (name !== '') lines.shift()
    else if (line.includes('=')) outputs[line.split('=')[0] ?? ''] = line.replace(/^[^=]*=/, '')
  }
  return outputs
}

/** As ActionCommand.cs: `::` may stand behind blanks, the older `##[` anywhere in a line. */
function readCommands(log: string): Job['commands'] {
  return log.split(/\r?\n|\r/).flatMap((line) => {
    const [, name, rest = '', message = ''] =
      /^\s*::([\w-]+)( [^:]*(?:%3A[^:]*)*)?::(.*)$/.exec(line) ??
      /##\[([\w-]+)([^\]]*)\](.*)/.exec(line) ??
      []
    if (name === undefined) return []
    const properties = Object.fromEntries(
      rest
        .trim()
        .split(',')
        .filter((pair) => pair.includes('='))
        .map((pair) => [pair.split('=')[0] ?? '', decode(pair.replace(/^[^=]*=/, ''))]),
    )
    return { name, properties, message: decode(message) }
  })
}

function decode(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')
}
