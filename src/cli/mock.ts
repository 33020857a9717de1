import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { pid } from 'node:process'

import { keepKnown } from '../bench-spec/known.ts'
import {
  faultNames,
  listScenarios,
  profileNames,
  type RunningServer,
  startServer,
} from '../mock/index.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { UsageError } from './arguments.ts'
import { type Command, defineCommand } from './command.ts'
import { choice, duration, jsonObject, text, type ValueKind, wholeNumber } from './value-kind.ts'

const fault: ValueKind<object> = {
  name: 'KIND',
  expected: 'the name of a fault, or one as JSON',
  read: (text) => (text.trimStart().startsWith('{') ? jsonObject.read(text) : { kind: text }),
  offers: () => faultNames,
}

export const mock: Command = defineCommand({
  summary: 'serve a mock of a streaming LLM server',
  usage: ['[OPTIONS]'],
  purpose:
    'Serves a mock of a streaming LLM server on 127.0.0.1 until it is stopped, and prints one JSON line with its url when it is ready. No GPU, no key, no network.',
  options: {
    port: {
      value: wholeNumber('N', 0, 65_535),
      default: 0,
      description: 'port; with 0 any free one',
    },
    profile: {
      value: choice('NAME', profileNames),
      description:
        '`qwen-vllm`, which is the default: 3 requests run, 10 wait, the next gets 503; `vllm`, `openai`: everybody is admitted',
    },
    ttft: { value: duration, description: 'time to the first content; 40ms by default' },
    itl: { value: duration, description: 'time between two content events; 5ms by default' },
    tokens: {
      value: wholeNumber('N', 1),
      description: 'length of an answer; `max_tokens` of a request limits it',
    },
    seed: {
      value: wholeNumber('N', 0),
      description: 'seed of everything that is random; 1 by default',
    },
    scenario: {
      value: text('NAME', () => listScenarios().map(({ name }) => name)),
      description: 'prepared options; the other flags go before them',
    },
    fault: {
      value: fault,
      repeated: true,
      description: 'what goes wrong with every answer, or a fault as JSON',
    },
    'api-key': {
      value: text('KEY'),
      variable: 'SLOGATE_MOCK_API_KEY',
      description:
        'demanded by `/v1`, `/v1beta` and `/__mock`; in the variable no other user of the machine can read it',
    },
    'allow-overrides': {
      description: '`x-mock-*` headers of a request may change its answer',
    },
    truth: {
      value: text('FILE', 'files'),
      description: 'what happened to each request, one line of JSON as it ends',
    },
    list: { description: 'print the scenarios and end' },
    options: {
      value: jsonObject,
      description:
        'any option of a spec\'s mock block: `{"ttft": {"dist": "lognormal", "mean": "40ms", "cv": 0.3}}`',
    },
  },
  exitCodes: { 0: 'stopped', 3: 'bad usage, or the port is taken' },
  examples: [
    'slogate mock --scenario queue-storm-14',
    'slogate mock --port 8000 --profile vllm --ttft 200ms --itl 20ms',
  ],
  async run({ values }, { stdout, stderr, cwd, signal }) {
    if (values.list) {
      for (const { name, teaches } of listScenarios()) {
        stdout.write(`${name.padEnd(24)} ${teaches}\n`)
      }
      return exitCodes.pass
    }
    const { port, truth, fault: faults, options, 'allow-overrides': open, 'api-key': key } = values
    const { profile, ttft, itl, tokens, seed, scenario } = values
    const server = await startServer(
      {
        ...options,
        ...keepKnown({
          profile,
          ttft,
          itl,
          tokens,
          seed,
          scenario,
          faults: faults.length > 0 ? faults : undefined,
          api_key: key,
          allow_overrides: open ? true : undefined,
        }),
      },
      { port, folder: cwd },
    ).catch((error: Error) => {
      throw new UsageError(error.message.replace(/^mock: /, ''))
    })
    if (truth !== undefined) writeTruth(server, resolve(cwd, truth), stderr)
    stdout.write(`${JSON.stringify({ url: server.url, pid })}\n`)
    if (!signal.aborted) await once(signal, 'abort')
    await server.close()
    return exitCodes.pass
  },
})

function writeTruth({ truth }: RunningServer, file: string, stderr: NodeJS.WritableStream): void {
  const lines = createWriteStream(file)
  const unwatch = truth.watch({
    onClose: (record) => lines.write(`${JSON.stringify(record)}\n`),
    onReset: () => {},
  })
  lines.on('error', ({ message }) => {
    unwatch()
    stderr.write(`slogate mock: the truth is not written: ${message}\n`)
  })
}
