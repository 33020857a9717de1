import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

import { expect, test } from 'vitest'

import { readOpenFilesLimit } from '../../src/engine/open-files.ts'
import type { BenchRun } from '../../src/run/bench.ts'
import { chatEvent, serve } from '../_server.ts'
import { environment, repository } from './_project.ts'

const linux = process.platform === 'linux'

/** Files that the process of the test may have open. */
const limit = 64

/** What a spec comes to in a process with that limit, once as it is and once behind the check of it. */
const script = `
import { runBench } from './src/run/bench.ts'
import { checkSpec } from './src/run/checked-spec.ts'

const document = JSON.parse(process.argv[1])
const check = (concurrency) => checkSpec({ ...document, concurrency }, { env: {}, baseDir: '.' })
let refusal
try {
  check(100)
} catch (error) {
  refusal = String(error)
}
const spec = check(10)
const run = await runBench({ ...spec, load: { ...spec.load, concurrency: 100 } })
console.log(JSON.stringify({ refusal, results: run.results }))
`

interface Found {
  refusal: string
  results: BenchRun['results']
}

async function runLimited(document: object): Promise<Found> {
  const node = [process.execPath, '--input-type=module', '-e', script, JSON.stringify(document)]
  const { stdout } = await promisify(execFile)(
    'bash',
    ['-c', `ulimit -n ${limit} && exec "$@"`, 'bash', ...node],
    { cwd: repository, env: environment },
  )
  return JSON.parse(stdout) as Found
}

test.runIf(linux)('reads how many files a process may have open', () => {
  const soft = /open files +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  expect(readOpenFilesLimit()).toBe(Number(soft))
})

test.runIf(linux)(
  'a load that takes more files than a process may have is refused, and one that runs out of them is no failure of the target',
  async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      // Late enough that many are on their way at once.
      setTimeout(() => response.end(`${chatEvent('a')}data: [DONE]\n\n`), 100)
    })
    const { refusal, results } = await runLimited({
      url: `${server.url}/v1/chat/completions`,
      body: { stream: true },
      requests: 1000,
      warmup: 0,
      max_error_rate: '1%',
      slo: ['success_rate >= 90%'],
    })
    await server.close()
    expect(refusal).toBe(
      `SpecError: concurrency: must be at most 32 here, got 100: that takes 132 open files, and a process may have ${limit}. Raise the limit (ulimit -n 132), split the load over 4 processes (load: { processes: 4 }), or ask for less.`,
    )
    expect(results.end).toEqual({
      kind: 'exhausted',
      shortage: 'EMFILE',
      limit,
      why: expect.stringContaining('it may have 64 files open'),
    })
    const { total, completed, failed, cancelled } = results.summary.requests
    expect(failed).toBe(0)
    expect(completed).toBeGreaterThan(0)
    expect(cancelled).toBeGreaterThan(0)
    expect(completed + cancelled).toBe(total)
    expect(total).toBeLessThan(1000)
    expect(results.verdict).toMatchObject({ status: 'ERROR', exit_code: 4 })
    expect(results.verdict.why).toContain('by a limit of this machine, not by the target')
  },
)
