import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { ndjsonDialect, sseDialect } from '../../src/mock/dialect/scripted-stream.ts'
import { parseOptions } from '../../src/mock/options/options.ts'
import type { Plan } from '../../src/mock/plan/plan.ts'
import { createPlanner } from '../../src/mock/serving/planner.ts'

const route = { pathname: '/stream/sse', query: new URLSearchParams() }

function writeScript(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-script-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'script'), text)
  return join(folder, 'script')
}

function playScript(script: string, dialect = sseDialect, options: object = {}): Plan {
  const planner = createPlanner(parseOptions({ script, ttft: 40, itl: 5, ...options }))
  const identity = { key: 'k', turn: 0, ref: 'r', created: 0 }
  return planner.plan(dialect.readAsk('', route), identity)
}

const textOf = ({ events }: Plan): string =>
  Buffer.concat(events.map(({ bytes }) => bytes)).toString('utf8')
const outline = ({ events }: Plan): unknown[] =>
  events.map(({ atMs, kind, tokens }) => [atMs, kind, tokens])

test('plays recorded events at their times, and not their times', () => {
  const recorded = [
    ': keep-alive\n\n',
    'event: workflow_started\ndata: {"workflow_id": "w-1"}\n\n',
    'data: {"text": "你"}\n\n',
    'data: [DONE]\n\n',
  ]
  const [comment, started, text, done] = recorded
  const plan = playScript(
    writeScript(`: @5ms\n${comment}: @120ms\n${started}${text}: @200.5ms\n${done}`),
  )
  expect(textOf(plan)).toBe(recorded.join(''))
  expect(outline(plan)).toEqual([
    [5, 'lifecycle', 0],
    [120, 'content', 1],
    [125, 'content', 1],
    [200.5, 'done', 0],
  ])
  expect(plan.end).toEqual({ kind: 'clean', atMs: 200.5 })
})

test('plays the recording of the seed, event by event', () => {
  const file = fileURLToPath(new URL('../../fixtures/streams/workflow-events.sse', import.meta.url))
  const plan = playScript(file)
  expect(plan.events.map(({ atMs }) => atMs)).toEqual([40, 45, 50, 55])
  expect(textOf(plan)).toContain('最终结果')
})

test('plays recorded lines, one by one, with its times multiplied', () => {
  const lines = ['{"a": 1}\n', '{"a": 2}\n', '{"a": 3}']
  const plan = playScript(writeScript(`: @10ms\n${lines.join('')}`), ndjsonDialect, {
    latency_factor: 2,
  })
  expect(plan.headers['content-type']).toBe('application/x-ndjson')
  expect(textOf(plan)).toBe(lines.join(''))
  expect(outline(plan)).toEqual([
    [20, 'content', 1],
    [30, 'content', 1],
    [40, 'content', 1],
  ])
})

test('goes on when its times go back', () => {
  const plan = playScript(writeScript(': @90ms\ndata: 1\n\n: @20ms\ndata: 2\n\n'))
  expect(plan.events.map(({ atMs }) => atMs)).toEqual([90, 90])
})

test('needs a file with an event in it', () => {
  expect(() => parseOptions({ script: '/nowhere/at/all' })).toThrow(
    'mock: script: expected a file that can be read, got "/nowhere/at/all". Correct the path',
  )
  expect(() => parseOptions({ script: writeScript(': @5ms\n\n') })).toThrow('at least one event')
  expect(() => parseOptions({ script: 3 })).toThrow('mock: script: expected the path of a file')
})
