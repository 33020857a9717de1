import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { listScenarios, type RunningServer, startServer } from '../mock/index.ts'
import { type Command, UsageError } from './command.ts'

export const mock: Command = {
  summary: 'serve a mock vLLM server',
  help: `Usage: slogate mock [OPTIONS]

Serves a mock of a streaming LLM server on 127.0.0.1 until it is stopped, and
prints one JSON line with its url when it is ready. No GPU, no key, no network.

Options:
      --port N          port (default: 0, any free one)
      --profile NAME    qwen-vllm (default): 3 requests run, 10 wait, the next gets
                        503; vllm, openai: everybody is admitted
      --ttft TIME       time to the first content (default: 40ms)
      --itl TIME        time between two content events (default: 5ms)
      --tokens N        length of an answer; max_tokens of a request limits it
      --seed N          seed of everything that is random (default: 1)
      --scenario NAME   prepared options; the other flags go before them
      --fault KIND      what goes wrong with every answer, or a fault as JSON; may be
                        given more than once
      --allow-overrides x-mock-* headers of a request may change its answer
      --truth FILE      what happened to each request, one line of JSON as it ends
      --list            print the scenarios and end
      --options JSON    any option of a spec's mock block, for example
                        '{"ttft": {"dist": "lognormal", "mean": "40ms", "cv": 0.3}}'

Examples:
  slogate mock --scenario queue-storm-14
  slogate mock --port 8000 --profile vllm --ttft 200ms --itl 20ms
  curl -N http://127.0.0.1:8000/v1/chat/completions \\
    -d '{"stream": true, "messages": [{"role": "user", "content": "hi"}]}'
`,
  async run(args, { stdout, stderr, cwd, signal }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        profile: { type: 'string' },
        ttft: { type: 'string' },
        itl: { type: 'string' },
        tokens: { type: 'string' },
        seed: { type: 'string' },
        scenario: { type: 'string' },
        fault: { type: 'string', multiple: true },
        'allow-overrides': { type: 'boolean' },
        truth: { type: 'string' },
        list: { type: 'boolean' },
        options: { type: 'string' },
      },
    })
    if (values.list === true) {
      for (const { name, teaches } of listScenarios()) {
        stdout.write(`${name.padEnd(24)} ${teaches}\n`)
      }
      return 0
    }
    const { port = '0', profile, ttft, itl, tokens, seed, scenario, fault } = values
    const server = await startServer(
      {
        ...parseOptions(values.options),
        ...(profile !== undefined && { profile }),
        ...(ttft !== undefined && { ttft }),
        ...(itl !== undefined && { itl }),
        ...(scenario !== undefined && { scenario }),
        ...(fault !== undefined && { faults: fault.map(parseFault) }),
        ...(values['allow-overrides'] === true && { allow_overrides: true }),
        ...(tokens !== undefined && { tokens: Number(tokens) }),
        ...(seed !== undefined && { seed: Number(seed) }),
      },
      { port: Number(port) },
    ).catch((error: Error) => {
      throw new UsageError(error.message.replace(/^mock: /, ''))
    })
    if (values.truth !== undefined) writeTruth(server, resolve(cwd, values.truth), stderr)
    stdout.write(`${JSON.stringify({ url: server.url, pid: process.pid })}\n`)
    if (!signal.aborted) await once(signal, 'abort')
    await server.close()
    return 0
  },
}

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

function parseFault(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return { kind: text }
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`--fault must be the name of a fault or JSON, got '${text}'`)
  }
}

function parseOptions(text: string | undefined): object {
  if (text === undefined) return {}
  try {
    const options: unknown = JSON.parse(text)
    if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options
  } catch {
    // Told below, like JSON that is no object.
  }
  throw new UsageError(`--options must be a JSON object, got '${text}'`)
}
