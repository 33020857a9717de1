import { parseArgs } from 'node:util'

import { isFields, renderProblem, describeProblem } from './plan/fields.ts'
import { startServer } from './serving/server.ts'

/** Exit code when the arguments or options are wrong, or the port is taken. */
const exitUsage = 3

function readArguments(): {
  options: Readonly<Record<string, unknown>>
  port: number
  parent: boolean
} {
  const { values } = parseArgs({
    options: {
      options: { type: 'string', default: '{}' },
      port: { type: 'string', default: '0' },
      parent: { type: 'boolean', default: false },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(
      renderProblem(describeProblem('--port', '0 … 65535', values.port, 'Use 0 for a free port')),
    )
  }
  return { options: readOptions(values.options), port, parent: values.parent }
}

function readOptions(text: string): Readonly<Record<string, unknown>> {
  try {
    const options: unknown = JSON.parse(text)
    if (isFields(options)) return options
  } catch {
    // Told below, like JSON that is no object.
  }
  throw new Error(
    renderProblem(describeProblem('--options', 'a JSON object', text, `Write --options '{}'`)),
  )
}

async function run(): Promise<void> {
  const { options, port, parent } = readArguments()
  const server = await startServer(options, { port })
  const leave = (): void => {
    void server.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', leave)
  process.once('SIGINT', leave)
  if (parent) process.stdin.resume().once('close', leave)
  process.stdout.write(`${JSON.stringify({ url: server.url, pid: process.pid })}\n`)
}

try {
  await run()
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(message.startsWith('mock: ') ? `${message}\n` : `mock: ${message}\n`)
  process.exit(exitUsage)
}
