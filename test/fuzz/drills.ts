import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, gunzipSync } from 'node:zlib'

import { countRequests, readRecords, readResults } from '../../src/results/findings.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer } from './fuzzer.ts'
import { type Blow, blows, perform, type Performance } from './process-drill.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

const spec = `url: /v1/chat/completions
body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 8 }
stream_format: openai-chat
concurrency: 4
requests: 240
mock: { profile: vllm, ttft: 10ms, itl: 2ms }
slo: [success_rate >= 90%, ttft p50 <= 5s]
`

const config = `import slogate from '${repository}src/vitest/index.ts'
export default { plugins: [slogate()] }
`

const main = join(repository, 'src/cli/bin.ts')
const vitest = join(repository, 'node_modules/vitest/vitest.mjs')

interface Command {
  name: string
  args: readonly string[]
  /** Of the runs that it makes. */
  folders: readonly string[]
}

const commands: readonly Command[] = [
  { name: 'run', args: [main, 'run', 'chat.bench.yaml', '--out', 'out'], folders: ['out/chat'] },
  {
    name: 'run --json',
    args: [main, 'run', 'chat.bench.yaml', '--out', 'out', '--json'],
    folders: ['out/chat'],
  },
  {
    name: 'run of two',
    args: [main, 'run', 'chat.bench.yaml', 'talk.bench.yaml', '--out', 'out'],
    folders: ['out/chat', 'out/talk'],
  },
  { name: 'vitest', args: [vitest, 'bench', '--run'], folders: ['.vitest/slogate/chat'] },
]

/** Real processes that are told to end, killed, or lose those that listen, at any moment. */
export const drills: Fuzzer = {
  name: 'drills',
  purpose:
    'processes that are ended, killed or no longer heard: files, exit code, nobody left behind',
  cases: 80,
  slice: 0,
  start() {
    const folder = mkdtempSync(join(tmpdir(), 'slogate-drills-'))
    return {
      async attempt(chance, number) {
        const command = chance.pick(commands)
        const blow = chance.pick(blows)
        const cwd = join(folder, String(number))
        mkdirSync(cwd)
        writeFileSync(join(cwd, 'chat.bench.yaml'), spec)
        writeFileSync(join(cwd, 'talk.bench.yaml'), spec)
        writeFileSync(join(cwd, 'vitest.config.mjs'), config)
        const moment = drawMoment(chance)
        const performance = await perform(command.args, { cwd, blow, moment })
        const input = { command: command.name, blow: blow.name, moment, ...performance }
        check(command, blow, performance, cwd, input)
        rmSync(cwd, { recursive: true })
      },
      end() {
        rmSync(folder, { recursive: true })
      },
    }
  },
}

/** ms after the first output or the start: early, amid the load, or about its end. */
function drawMoment(chance: Chance): number {
  return chance.pick([() => chance.below(400), () => chance.below(2500)])()
}

function check(
  { folders }: Command,
  blow: Blow,
  { code, signal, left }: Performance,
  cwd: string,
  input: object,
): void {
  if (left.length > 0) throw new Finding(`still there: ${left.join(', ')}`, input)
  // Before our code was there to hear of it there is nothing to lose.
  const began = folders.some((folder) => existsSync(join(cwd, folder)))
  if (signal !== null && !blow.kills && began) throw new Finding(`died of ${signal}`, input)
  if (code !== null && !blow.codes.includes(code)) throw new Finding(`exit code ${code}`, input)
  if (signal !== null && !began) return
  for (const folder of folders) checkFolder(folder, blow, cwd, input)
}

/**
 * What is there can be read, and agrees. Where requests are on disk, a process that could judge them
 * has done so.
 */
function checkFolder(folder: string, blow: Blow, cwd: string, input: object): void {
  const path = join(cwd, folder)
  const hasResults = existsSync(join(path, 'results.json'))
  if (blow.hears && !hasResults) throw new Finding(`${folder} has no results`, input)
  if (!hasResults) {
    const lines = countLines(join(path, 'requests.ndjson.gz'))
    if (lines === 0 || blow.kills) return
    throw new Finding(`${folder} has ${lines} requests and no results`, input)
  }
  const { results, file } = readResults(folder, cwd)
  const records = readRecords(results, { file, cwd }) ?? []
  if (!blow.kills && records.length !== countRequests(results)) {
    throw new Finding(`${records.length} of ${countRequests(results)} requests on disk`, input)
  }
  const page = join(path, 'report.html')
  if (blow.kills && !existsSync(page)) return
  if (!readFileSync(page, 'utf8').trimEnd().endsWith('</html>')) {
    throw new Finding('half a report.html', input)
  }
}

/** Of what can be read of a file that may be cut short. */
function countLines(path: string): number {
  if (!existsSync(path) || statSync(path).size === 0) return 0
  const text = gunzipSync(readFileSync(path), { finishFlush: constants.Z_SYNC_FLUSH })
  return text.toString().split('\n').length - 1
}
