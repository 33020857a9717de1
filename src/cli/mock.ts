import { once } from 'node:events'
import { parseArgs } from 'node:util'

import { startServer } from '../mock/server.ts'
import { type Command, UsageError } from './command.ts'

export const mock: Command = {
  summary: 'serve a mock vLLM server',
  help: `Usage: slogate mock [OPTIONS]

Serves a mock of a streaming LLM server on 127.0.0.1 until it is stopped, and
prints one JSON line with its url when it is ready. No GPU, no key, no network.

Options:
      --port N          port (default: 0, any free one)
      --profile NAME    qwen-vllm (default): 3 requests run, 10 wait, the next gets
                        503; vllm: everybody is admitted
      --ttft TIME       time to the first content (default: 40ms)
      --itl TIME        time between two content events (default: 5ms)
      --tokens N        length of an answer; max_tokens of a request limits it
      --seed N          seed of everything that is random (default: 1)
      --options JSON    any option of a spec's mock block, for example
                        '{"ttft": {"dist": "lognormal", "mean": "40ms", "cv": 0.3}}'

Example:
  slogate mock --port 8000 --profile vllm --ttft 200ms --itl 20ms
  curl -N http://127.0.0.1:8000/v1/chat/completions \\
    -d '{"stream": true, "messages": [{"role": "user", "content": "hi"}]}'
`,
  async run(args, { stdout, signal }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        profile: { type: 'string' },
        ttft: { type: 'string' },
        itl: { type: 'string' },
        tokens: { type: 'string' },
        seed: { type: 'string' },
        options: { type: 'string' },
      },
    })
    const { port = '0', options, tokens, seed, ...texts } = values
    const server = await startServer(
      {
        ...parseOptions(options),
        ...texts,
        ...(tokens !== undefined && { tokens: Number(tokens) }),
        ...(seed !== undefined && { seed: Number(seed) }),
      },
      { port: Number(port) },
    ).catch((error: Error) => {
      throw new UsageError(error.message.replace(/^mock: /, ''))
    })
    stdout.write(`${JSON.stringify({ url: server.url, pid: process.pid })}\n`)
    if (!signal.aborted) await once(signal, 'abort')
    await server.close()
    return 0
  },
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
