import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'

import { targetPattern } from '../serve/endpoint.ts'
import { type RunningServer, startServer } from '../serve/server.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { UsageError } from './arguments.ts'
import { type Command, defineCommand } from './command.ts'
import { text, type ValueKind, wholeNumber } from './value-kind.ts'

const targetHost: ValueKind<string> = {
  name: 'HOST[:PORT]',
  expected: 'a host, like 10.0.0.7 or llm.example.com:8000',
  read: (text) => (targetPattern.test(text) ? text : undefined),
}

/** Characters of a token that nobody guesses. */
const shortestToken = 16

export const serve: Command = defineCommand({
  summary: 'serve benchmarks over HTTP, with a page to start them',
  usage: ['[OPTIONS]'],
  purpose:
    'Serves `POST /v1/benchmark` and the page `/tps-test.html` until it is stopped, and prints its addresses when it is ready. A benchmark sends real requests, no warm-up, and leaves the files of a run; one runs at a time.',
  options: {
    port: {
      value: wholeNumber('N', 0, 65_535),
      default: 8080,
      description: 'port; with 0 any free one',
    },
    host: {
      value: text('ADDRESS'),
      default: '127.0.0.1',
      description: 'address to listen at; one that others reach needs a token',
    },
    token: {
      value: text('TOKEN'),
      variable: 'SLOGATE_SERVE_TOKEN',
      description:
        'demanded of every request, as `Authorization: Bearer TOKEN` or as the password of a browser; in the variable no other user of the machine can read it',
    },
    'allow-host': {
      value: text('NAME'),
      repeated: true,
      description: 'name by which the server may be asked for, beside `localhost` and addresses',
    },
    'allow-target': {
      value: targetHost,
      repeated: true,
      description: 'host that benchmarks may be sent to, beside those of this machine',
    },
    'allow-any-target': {
      description: 'benchmarks may be sent to any host: whoever reaches the server can use it so',
    },
    'max-requests': {
      value: wholeNumber('N', 1),
      default: 10_000,
      description: 'most requests of one benchmark',
    },
    'max-concurrency': {
      value: wholeNumber('N', 1),
      default: 256,
      description: 'most requests in flight',
    },
    datasets: {
      value: text('DIR', 'folders'),
      description: 'folder whose `.csv` and `.jsonl` files are data sets, by their paths below it',
    },
    out: {
      value: text('DIR', 'folders'),
      default: '.vitest/slogate/serve',
      description: 'folder for results, each run below it by its id',
    },
    keep: {
      value: wholeNumber('N', 1),
      default: 50,
      description: 'runs that are kept; older ones are removed',
    },
  },
  exitCodes: { 0: 'stopped', 3: 'bad usage, or the port is taken' },
  examples: ['slogate serve', 'slogate serve --datasets bench --allow-target 10.0.0.7:8000'],
  async run({ values }, { stdout, stderr, cwd, signal }) {
    const { host, token, datasets } = values
    if (!isLoopbackAddress(host) && token === undefined) {
      throw new UsageError(
        `--host ${host} is reached by others, who need a token: set SLOGATE_SERVE_TOKEN`,
      )
    }
    if (token !== undefined && token.length < shortestToken) {
      throw new UsageError(`--token must have at least ${shortestToken} characters`)
    }
    const server = await startServer({
      host,
      port: values.port,
      token,
      hostNames: values['allow-host'].map((name) => name.toLowerCase()),
      targets: values['allow-any-target'] ? 'any' : values['allow-target'],
      limits: { requests: values['max-requests'], concurrency: values['max-concurrency'] },
      datasets: datasets === undefined ? undefined : findFolder(resolve(cwd, datasets)),
      out: resolve(cwd, values.out),
      keep: values.keep,
      root: cwd,
      log: (line) => stderr.write(`slogate serve: ${line}\n`),
    }).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(explain(error, values.port, host))
    })
    stdout.write(describeServer(server))
    if (!signal.aborted) await once(signal, 'abort')
    await server.close()
    return exitCodes.pass
  },
})

function isLoopbackAddress(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function findFolder(folder: string): string {
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder
  throw new UsageError(`--datasets ${folder} is no folder`)
}

function explain({ code, message }: NodeJS.ErrnoException, port: number, host: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is taken. Choose another one: --port ${port + 1}`
    case 'EACCES':
      return `port ${port} may not be used by this user. Choose one above 1023`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `--host ${host} is no address of this machine`
    default:
      return message
  }
}

function describeServer({ url }: RunningServer): string {
  return `page      ${url}/tps-test.html\nendpoint  POST ${url}/v1/benchmark\n`
}
