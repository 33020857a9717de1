import { isFields } from './plan/fields.ts'
import { startServer } from './serving/server.ts'

/** Exit code when the options are wrong. */
const exitUsage = 3

/**
 * The options, as a line of JSON: not in the command line, which every user of the machine can read,
 * and a key may be among them. The input stays open for as long as whoever started this is there.
 */
async function readOptions(): Promise<Readonly<Record<string, unknown>>> {
  let text = ''
  process.stdin.setEncoding('utf8')
  for await (const piece of process.stdin.iterator({ destroyOnReturn: false })) {
    text += piece
    if (text.includes('\n')) break
  }
  try {
    const options: unknown = JSON.parse(text)
    if (isFields(options)) return options
  } catch {
    // Told below, like JSON that is no object.
  }
  throw new Error('the input is no JSON object on one line')
}

async function run(): Promise<void> {
  const server = await startServer(await readOptions())
  const leave = (): void => {
    void server.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', leave)
  process.once('SIGINT', leave)
  process.stdin.resume().once('close', leave)
  process.stdout.write(`${JSON.stringify({ url: server.url, pid: process.pid })}\n`)
}

try {
  await run()
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(message.startsWith('mock: ') ? `${message}\n` : `mock: ${message}\n`)
  process.exit(exitUsage)
}
