import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { assert, expect, onTestFinished, test } from 'vitest'

import type { Calibration, CalibrationFile } from '../../src/calibration/calibration-file.ts'
import { startMock } from '../../src/mock/index.ts'
import type { Results } from '../../src/results/results.ts'
import { listDoubts, ownStatuses } from './_limits.ts'
import { chatSpec, createProject, type Project } from './_project.ts'

const limit = { timeout: 120_000 }
const file = '.slogate/calibration.json'

function readResults(project: Project): Results {
  return JSON.parse(project.read('.vitest/slogate/chat/results.json')) as Results
}

test(
  'measures its own error against what the mock sent, and runs of that load know of it',
  limit,
  async () => {
    const project = createProject({
      'chat.bench.yaml': chatSpec(['stall p50 <= 15s']),
    })
    const plain = await project.slogate(['run', '-c', 'chat.bench.yaml', '--quiet'])
    expect(plain.code).toBe(0)
    expect(readResults(project).calibration).toBeNull()

    const { code, text } = await project.slogate(['calibrate', '-c', 'chat.bench.yaml', '-n', '60'])
    expect(text).toContain('Client error at c=4, 4 events per answer, openai-chat')
    expect(text).toContain('60 requests to the bundled mock, compared with what it sent')
    expect(text).toContain(`stored in ${file}; add it to .gitignore`)
    expect(code).toBe(0)
    const stored = JSON.parse(project.read(file)) as CalibrationFile
    const [calibration] = stored.calibrations
    for (const spread of Object.values(calibration?.client_error_ms ?? {})) {
      assert(spread)
      const { min, p50, p95, p99, max } = spread
      const known = [min, p50, p95, p99, max].filter((value) => value !== null)
      // The client cannot have seen anything before the mock wrote it.
      expect(min).toBeGreaterThanOrEqual(0)
      expect(known).toEqual(known.toSorted((a, b) => a - b))
      expect(max).toBeGreaterThan(0)
    }

    // 60 requests have a p95, and 240 token events a p99.
    expect(calibration?.client_error_ms).toMatchObject({
      request: { p95: expect.any(Number), p99: null },
      chunk: { p99: expect.any(Number) },
    })
    expect(text).toContain('– 60 requests have no such percentile')

    const run = await project.slogate(['run', '-c', 'chat.bench.yaml', '--quiet'])
    expect(run.text).toMatch(
      /client error p50 [\d.]+m?s, max [\d.]+m?s of only 60 requests \(calibrated \d{4}-/,
    )
    const results = readResults(project)
    expect(results.calibration).toMatchObject({
      mismatch: null,
      requests: 60,
      concurrency: 4,
      events_per_answer: 4,
      noise: null,
    })
    const { min: _, ...errors } = calibration!.client_error_ms.request
    expect(results.calibration?.client_error_ms).toEqual(errors)
    expect(ownStatuses(results)).toEqual(['PASS'])
    expect(listDoubts(results)).not.toContain('calibrated-error')
    expect(project.read('.vitest/slogate/chat/junit.xml')).toContain(
      '<property name="calibration" value="client error p50 ',
    )
    expect(project.read('.vitest/slogate/chat/summary.md')).toContain('- calibration: client error')

    // A client that is wrong by 20 s with an event cannot tell a gap of 1 ms from 15 s.
    const chunk = { min: 1, p50: 2, p95: 3, p99: 20_000, max: 20_000 }
    const worse = { ...calibration, client_error_ms: { ...calibration?.client_error_ms, chunk } }
    project.write(file, JSON.stringify({ ...stored, calibrations: [worse as Calibration] }))
    await project.slogate(['run', '-c', 'chat.bench.yaml', '--quiet'])
    const doubted = readResults(project).verdict
    expect(doubted.status).toBe('INCONCLUSIVE')
    expect(doubted.slos[0]?.why).toMatch(
      /Not a PASS: client-limited: it is 1[45](?:\.\d+)?s within the bound, and up to 20s may be the client's own \(its calibrated error at this load is 20s, p99 of 60 requests\)\.$/,
    )

    // It says nothing of another load.
    const other = await project.slogate(['run', '-c', 'chat.bench.yaml', '--quiet', '-p', '12'])
    expect(other.text).toMatch(
      /calibration of \d{4}-\d\d-\d\d not used: made with concurrency 4, this run has 12/,
    )
    const unlike = readResults(project)
    expect(unlike).toMatchObject({ calibration: { mismatch: { fact: 'concurrency' } } })
    expect(ownStatuses(unlike)).toEqual(['PASS'])
    expect(listDoubts(unlike)).not.toContain('calibrated-error')

    project.write(file, '{')
    const broken = await project.slogate(['run', '-c', 'chat.bench.yaml', '--quiet'])
    expect(broken.code).toBe(3)
    expect(broken.text).toContain('calibration.json: is not what slogate calibrate writes')
  },
)

test('measures how much a target differs from itself', limit, async () => {
  const mock = await startMock({
    profile: 'vllm',
    ttft: { dist: 'lognormal', mean: '20ms', cv: 0.3 },
    itl: '1ms',
  })
  onTestFinished(() => mock.stop())
  const project = createProject({
    'chat.yaml': chatSpec(['ttft p50 <= 15s']).replace('requests: 60', 'requests: 80'),
  })
  const url = mock.url.replace('http://', 'http://user:hunter22@')
  const args = ['calibrate', '-c', 'chat.yaml', '-u', url, '--noise', '--quiet']
  const { code, text } = await project.slogate(args)
  expect(text).toContain(`Noise of ${mock.url}/v1/chat/completions`)
  expect(text).toContain('80 requests in 4 rounds')
  expect(text).toMatch(/ttft p50 +±[\d.]+% +[\d.]+% +[\d.]+% +[\d.]+%\n/)
  expect(code).toBe(0)
  expect(project.read(file) + text).not.toContain('hunter22')
  const truth = await mock.truth()
  expect(truth).toHaveLength(80 + 4)

  const json = await project.slogate([...args, '--json', '-n', '60'])
  const found = JSON.parse(json.text) as Calibration & { noise: { rounds: number } }
  expect(found.noise.rounds).toBe(3)
  expect(found.requests).toBe(60)

  await project.slogate(['run', '-c', 'chat.yaml', '-u', url, '--quiet'])
  expect(readResults(project).calibration?.noise?.figures[0]).toMatchObject({
    metric: 'ttft',
    stat: 'p50',
    smallest_changes: [{ rounds: 5 }, { rounds: 10 }, { rounds: 20 }],
  })
})

test('stores nothing when it is interrupted or the target cannot be reached', limit, async () => {
  const project = createProject({})
  const refused = await project.slogate([
    'calibrate',
    '-n',
    '20',
    '-u',
    'http://127.0.0.1:1/v1/chat/completions',
    '--noise',
    '--quiet',
  ])
  expect(refused.code).toBe(4)
  expect(refused.text).toContain('the target gave no figures in at least 3 rounds')
  const running = project.startSlogate(['calibrate', '-n', '5000'])
  await expect.poll(running.text, { timeout: 120_000 }).toContain('mock: ')
  running.child.kill('SIGINT')
  expect((await running.done).code).toBe(130)
  expect(existsSync(join(project.folder, file))).toBe(false)
})
