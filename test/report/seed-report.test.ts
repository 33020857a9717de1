import { expect, test } from 'vitest'

import {
  renderEndLine,
  renderFirstTokenLine,
  renderProgressLine,
  renderSeedReport,
} from '../../src/report/seed-report.ts'
import { completed, failed } from './_records.ts'
import { hostile, run, runs } from './_runs.ts'

const first = completed(0, { ttft: 234, end: 2456, tokens: 45, bytes: 12_636 })
const records = [
  first,
  completed(1, { ttft: 300, end: 2000, tokens: 40, dispatched: 500 }),
  completed(2, { ttft: 500, end: 3000, tokens: 30, dispatched: 2456 }),
  completed(3, { ttft: 400, end: 2500, tokens: 60, dispatched: 2500 }),
  failed(4, 'HTTP 503: busy', 100),
  failed(5, 'HTTP 503: busy', 100),
  failed(6, 'first token: not within 2000 ms'),
]

test.each(['zh', 'en'] as const)(
  'the report in %s [S1.31] [S1.32] [S1.33] [S1.34] [S1.35] [S1.36]',
  async (locale) => {
    await expect(renderSeedReport(run(), records, locale)).toMatchFileSnapshot(
      `../../fixtures/expected/seed-report.${locale}.txt`,
    )
  },
)

test('title between two rules of 60 signs [S1.31]', () => {
  const rule = '='.repeat(60)
  expect(renderSeedReport(run(), records, 'zh')).toMatch(
    new RegExp(`^${rule}\n测试报告\n${rule}\n\n`),
  )
})

test('where events have names, the end of a request counts them [S3.11]', () => {
  const named = {
    ...first,
    events: 12,
    eventNames: [
      { name: 'workflow_started', count: 1 },
      { name: 'message', count: 9 },
      { name: hostile, count: 1 },
    ],
  }
  const line = renderEndLine(named, 'zh')
  expect(line).toMatch(/^\[001\] 完成: 2\.456s \| 12 事件 \| workflow_started:1, message:9, /)
  expect(line).not.toMatch(/\p{Cc}|##\w*\[/u)
  const many = Array.from({ length: 13 }, (_, n) => ({ name: `n${n}`, count: n }))
  expect(renderEndLine({ ...named, eventNames: many }, 'en')).toBe(
    `[001] done: 2.456s | 12 events | ${many
      .slice(0, 12)
      .map(({ name, count }) => `${name}:${count}`)
      .join(', ')}, …`,
  )
})

test('overall figures, throughput of all requests and of completed ones [S1.32] [T7]', () => {
  expect(section('【总体统计】')).toEqual([
    '  总请求数:    7',
    '  成功:        4 (57.1%)',
    '  失败:        3 (42.9%)',
    '  总耗时:      5.46s',
    '  吞吐量:      1.28 req/s',
    '  成功吞吐量:  0.73 req/s',
  ])
})

test('nine lines of TTFT, the median being the P50 [S1.3] [S1.33] [S1.43]', () => {
  const lines = section('【首Token时间 (TTFT)】')
  expect(lines.map((line) => line.trim().split(':')[0])).toEqual([
    '最小值',
    '最大值',
    '平均值',
    '中位数',
    '标准差',
    'P50',
    'P90',
    'P95',
    'P99',
  ])
  expect(lines[3]).toBe('  中位数:      0.355s')
  expect(lines.slice(5)).toEqual([
    '  P50:         0.355s',
    '  P90:         0.532s',
    '  P95:         0.639s',
    '  P99:         0.781s',
  ])
})

test('the standard deviation of one request is left out [S1.33]', () => {
  const text = renderSeedReport(runs.one, [first], 'zh')
  expect(text).toContain('  中位数:      0.355s\n  P50:         0.355s')
})

test('six lines of total time, to the end of the body [S1.34] [S1.41]', () => {
  const lines = section('【总耗时】')
  expect(lines.map((line) => line.trim().split(':')[0])).toEqual([
    '最小值',
    '最大值',
    '平均值',
    '中位数',
    'P95',
    'P99',
  ])
  expect(lines[3]).toBe('  中位数:      2.234s')
  // Its last token came before.
  const late = { ...first, marks: { ...first.marks, ended: first.marks.ended + 544 } }
  expect(renderEndLine(late, 'zh')).toMatch(/^\[001\] 完成: 3\.000s \| 45 chunks \| 15\.00 chunks/)
})

test('three lines of generation rate: chunks over total time of completed requests [S1.35]', () => {
  expect(section('【生成速率】')).toEqual([
    '  平均值:      18.08 chunks/s',
    '  中位数:      18.32 chunks/s',
    '  最大值:      24.00 chunks/s',
  ])
})

test('failures by error, the most frequent first [S1.36]', () => {
  expect(section('【失败详情】')).toEqual([
    '  HTTP 503: busy: 2次',
    '  first token: not within 2000 ms: 1次',
  ])
})

test('values stand in one column behind labels of double width [T27]', () => {
  const text = renderSeedReport(run(), records, 'zh')
  for (const label of ['总请求数:    7', '成功:        4', '最小值:      0.', 'P50:         0.']) {
    expect(text).toContain(`\n  ${label}`)
  }
})

test('a run without data has its overall figures alone', () => {
  expect(renderSeedReport(runs.noData, [], 'en').trimEnd().split('\n').slice(3)).toEqual([
    '',
    '[Overall]',
    '  requests:    0',
    '  succeeded:   0 (0.0%)',
    '  failed:      0 (0.0%)',
    '  duration:    0.00s',
  ])
})

test('the line of a first token [S1.28]', () => {
  expect(renderFirstTokenLine(first, 'zh')).toBe('[001] 首token: 0.234s')
  expect(renderFirstTokenLine(first, 'en')).toBe('[001] first token: 0.234s')
  expect(renderFirstTokenLine(failed(1, 'x'), 'zh')).toBeUndefined()
})

test('the line of an ended request [S1.29]', () => {
  expect(renderEndLine(first, 'zh')).toBe(
    '[001] 完成: 2.456s | 45 chunks | 18.32 chunks/s | 12.34 KB',
  )
  expect(renderEndLine(first, 'en')).toBe(
    '[001] done: 2.456s | 45 chunks | 18.32 chunks/s | 12.34 KB',
  )
  expect(renderEndLine(failed(99, 'HTTP 503: busy'), 'zh')).toBe('[100] 失败: HTTP 503: busy')
})

test('the line of progress [S1.30]', () => {
  const progress = { done: 1, total: 100, elapsed: 2_540 }
  expect(renderProgressLine(progress, 'zh')).toBe('进度: 1/100 | 已用时: 2.5s')
  expect(renderProgressLine(progress, 'en')).toBe('progress: 1/100 | elapsed: 2.5s')
})

test('what a target wrote opens no line and holds no control', () => {
  const text = renderSeedReport(run(), [failed(0, hostile)], 'en')
  expect(`${text}${renderEndLine(failed(0, hostile), 'en')}`).not.toMatch(
    /^\s*::|##\w*\[|(?!\n)\p{Cc}/mu,
  )
})

function section(title: string): string[] {
  const [, after = ''] = renderSeedReport(run(), records, 'zh').split(`\n\n${title}\n`)
  return after.trimEnd().split('\n\n')[0]?.split('\n') ?? []
}

test('a whole answer has no chunks and no rate of them', () => {
  const whole = { ...completed(0, { end: 200, tokens: 0, bytes: 2048 }), dialect: 'json' }
  expect(renderEndLine(whole, 'en')).toBe('[001] done: 0.200s | 2.00 KB')
  const report = renderSeedReport(run(), [whole], 'en')
  expect(report).not.toContain('chunks')
})
