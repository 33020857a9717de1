import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'

import { OutputError } from '../run/output-file.ts'
import { exitCodes, toSignalCode } from '../verdict/exit-code.ts'
import { UsageError } from './arguments.ts'
import { type Command, type CommandContext, defineCommand } from './command.ts'
import {
  findConfig,
  listFiles,
  mentions,
  type Scaffolded,
  type ScaffoldOptions,
  writeScaffold,
} from './scaffold.ts'
import { url } from './shared-options.ts'
import { type TemplateName, templateNames, templates } from './templates.ts'
import { choice, text } from './value-kind.ts'

export const init: Command = defineCommand({
  summary: 'write a first spec, a Vitest config and a workflow',
  usage: ['[OPTIONS]'],
  purpose:
    'Writes `vitest.config.mts`, `bench/NAME.bench.yaml` with its prompts, and a workflow of GitHub Actions. The spec runs against the bundled mock until its `mock` line is deleted, or at once against `--url`. What is there already is kept, whatever is in it. In a terminal it asks for what is not given.',
  options: {
    template: {
      value: choice<TemplateName>('NAME', templateNames),
      description: `server that the spec is for: ${templateNames.map((name) => `\`${name}\``).join(', ')}; by default the first`,
    },
    url: { ...url, description: 'target of the spec, in place of the mock' },
    model: { value: text('MODEL'), description: 'model that the spec asks for' },
    name: { value: text('NAME'), description: 'name of the spec, by default that of the template' },
    dir: { value: text('DIR', 'folders'), default: '.', description: 'folder of the project' },
    'no-workflow': { description: 'write no workflow' },
    yes: { short: 'y', description: 'ask nothing' },
  },
  exitCodes: { 0: 'everything is there', 3: 'bad usage, or a file that cannot be written' },
  examples: [
    'slogate init --template vllm --url http://127.0.0.1:8000/v1/chat/completions',
    'slogate init --yes',
  ],
  async run({ values }, context) {
    const { dir, yes, model } = values
    if (values.url !== undefined) checkUrl(values.url)
    if (values.name !== undefined && !/^[\w-][\w.-]*$/.test(values.name)) {
      throw new UsageError(
        `--name must be of letters, digits, dots, dashes and underscores, got ${JSON.stringify(values.name)}`,
      )
    }
    const answers = yes ? values : await ask(values, context)
    if (answers === undefined) return toSignalCode('SIGINT')
    const template = answers.template ?? 'openai'
    const options = {
      template,
      name: values.name ?? template,
      url: answers.url,
      model,
      workflow: !values['no-workflow'],
    }
    const folder = resolve(context.cwd, dir)
    const config = findConfig(folder)
    const written = write(folder, options, config !== undefined)
    context.stdout.write(describe({ folder, dir, config, options, written }))
    return exitCodes.pass
  },
})

interface Answers {
  template?: TemplateName | undefined
  url?: string | undefined
}

function checkUrl(url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return
  throw new UsageError(`--url must be a URL of http or https, got ${JSON.stringify(url)}`)
}

/** Asks for what is not given, where somebody can answer; `undefined`: they would rather not. */
async function ask(
  given: Answers,
  { stdout, signal }: CommandContext,
): Promise<Answers | undefined> {
  const { stdin } = process
  if (!stdin.isTTY || !stdout.isTTY || given.template !== undefined) return given
  const left = new AbortController()
  const terminal = createInterface({ input: stdin, output: process.stdout })
  // Ctrl-C and Ctrl-D.
  terminal.once('SIGINT', () => left.abort()).once('close', () => left.abort())
  const asked = { signal: AbortSignal.any([signal, left.signal]) }
  try {
    const list = templateNames.map((name) => `  ${name.padEnd(12)}${templates[name].title}\n`)
    stdout.write(`Which server?\n${list.join('')}`)
    let template: TemplateName | undefined
    while (template === undefined) {
      const answer = (await terminal.question('template (openai): ', asked)).trim() || 'openai'
      template = templateNames.find((name) => name === answer)
    }
    let { url: target } = given
    while (target === undefined) {
      const answer = (await terminal.question('URL (none yet, use the mock): ', asked)).trim()
      if (answer === '') break
      if (URL.canParse(answer) && answer.startsWith('http')) target = answer
    }
    return { template, url: target }
  } catch (error) {
    if (asked.signal.aborted) return undefined
    throw error
  } finally {
    terminal.close()
  }
}

function write(folder: string, options: ScaffoldOptions, hasConfig: boolean): Scaffolded[] {
  try {
    return writeScaffold(folder, listFiles(options, hasConfig))
  } catch (error) {
    if (error instanceof OutputError) throw new UsageError(error.message)
    throw error
  }
}

interface Done {
  folder: string
  /** As it was given. */
  dir: string
  /** The config that was there. */
  config: string | undefined
  options: ScaffoldOptions
  written: readonly Scaffolded[]
}

/** What was written and kept, what is left to do, and the commands to go on with. */
function describe({ folder, dir, config, options, written }: Done): string {
  const lines = written.map(({ path, outcome }) => `${outcome.padEnd(8)} ${path}`)
  if (config !== undefined) {
    const advice = mentions(folder, config, 'slogate/vitest')
      ? ''
      : `: add to it  import slogate from 'slogate/vitest'  and  plugins: [slogate()]`
    lines.unshift(`kept     ${config}${advice}`)
  }
  const { variable } = templates[options.template]
  const installed = ['slogate', 'vitest'].filter(
    (name) => !mentions(folder, 'package.json', `"${name}"`),
  )
  const steps = [
    ...(dir === '.' ? [] : [`cd ${/^[\w./-]+$/.test(dir) ? dir : JSON.stringify(dir)}`]),
    ...(installed.length === 0 ? [] : [`npm i -D ${installed.join(' ')}`]),
    `npx slogate validate bench/${options.name}.bench.yaml`,
    'npx vitest bench --run',
  ]
  const needsKey = options.url !== undefined && variable !== undefined
  return [
    ...lines,
    '',
    'Next:',
    ...steps.map((step) => `  ${step}`),
    '',
    ...(needsKey ? [`The key comes from the variable ${variable}.`] : []),
    ...(options.url === undefined
      ? [
          `The mock answers; delete the line "mock:" in bench/${options.name}.bench.yaml to send to its url.`,
        ]
      : []),
    'A script for package.json: "bench": "vitest bench --run"',
    '',
  ].join('\n')
}
