import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'

import { renderMatrixPage } from '../../src/report/html/matrix-page.ts'
import { renderHtml } from '../../src/report/html/page.ts'
import { listMatrices } from '../../src/results/matrix.ts'
import { swept } from '../report/_matrix.ts'
import { runs } from '../report/_runs.ts'
import { find, findings, simulate } from '../report/html/_findings.ts'
import { audit } from './_axe.ts'
import { useBrowser } from './_browser.ts'

const matrices = {
  'a matrix': swept.missed,
  'pairs of values': swept.pairs,
  'hostile values': swept.hostile,
}
const names = [
  ...Object.keys(findings),
  'relative',
  'incomparable',
  ...Object.keys(matrices),
] as const
const browser = useBrowser()

function htmlOf(name: string): string {
  const [matrix] = Object.hasOwn(matrices, name)
    ? listMatrices(matrices[name as keyof typeof matrices])
    : []
  if (matrix !== undefined) return renderMatrixPage(matrix)
  if (name === 'relative' || name === 'incomparable') return renderHtml(runs[name])
  const found = findings[name]
  if (found === undefined) throw new Error(`there are no findings "${name}"`)
  return renderHtml(found.results, found.records)
}

test.each(names)(
  '%s: asks for nothing, breaks no policy, and scrolls only its own boxes sideways at 390 and 320 px [S0.20]',
  async (name) => {
    const { page, requests, complaints } = await browser.open(htmlOf(name))
    await page.evaluate('document.fonts.ready')
    expect(await page.evaluate('window.owned')).toBeUndefined()
    expect([...requests, ...complaints]).toEqual([])
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await sizeOf(page)).toEqual([width, width])
    }
  },
)

test.each([
  'pass',
  'fail',
  'inconclusive',
  'nothing completed',
  'without records',
  'relative',
  'incomparable',
  'a matrix',
  'pairs of values',
])('%s: axe finds nothing serious, light and dark [S0.20]', async (name) => {
  const { page } = await browser.open(htmlOf(name))
  expect(await audit(page)).toEqual([])
  // Nothing but the colours differs.
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await audit(page, 'cat.color')).toEqual([])
})

test('axe would find what is wrong', async () => {
  const spoiled = htmlOf('fail')
    .replace('<html lang="en">', '<html>')
    .replaceAll('<label>Search', '<div>Search')
  const { page } = await browser.open(spoiled)
  expect((await audit(page)).map((found) => found.split(':')[0])).toEqual(
    expect.arrayContaining(['html-has-lang', 'label']),
  )
})

test('the policy stops what it is there to stop', async () => {
  const spoiled = htmlOf('pass').replace(
    '<main>',
    '<main><script>window.owned=1</script><img src="http://evil.example/x.png" onerror="window.owned=1">',
  )
  const { page, requests, complaints } = await browser.open(spoiled)
  expect(await page.evaluate('window.owned')).toBeUndefined()
  expect(requests).toEqual([])
  expect(complaints.join('\n')).toMatch(/Content Security Policy/)
})

function sizeOf(page: Page): Promise<number[]> {
  return page.evaluate(
    '["scrollWidth", "clientWidth"].map((size) => document.documentElement[size])',
  )
}

test('everything can be read without a script', async () => {
  const { page } = await browser.open(htmlOf('fail'), { script: false })
  const text = await page.locator('body').innerText()
  for (const part of ['FAIL', 'ttft p95 <= 150ms', 'http_status 503', 'busy', 'results.json']) {
    expect(text).toContain(part)
  }
  expect(await page.locator('#requests-table tbody tr').count()).toBe(100)
  expect(await page.locator('#requests-controls').isVisible()).toBe(false)
  expect(await page.locator('#requests-more').isVisible()).toBe(false)
  expect(await page.locator('svg.chart').count()).toBeGreaterThan(30)
})

test('the table of requests is searched, filtered, sorted and lengthened', async () => {
  const { page } = await browser.open(htmlOf('fail'))
  const rows = page.locator('#requests-table tbody tr')
  const column = (at: number): Promise<string[]> =>
    page.locator(`#requests-table tbody tr > :nth-child(${at})`).allInnerTexts()
  expect(await rows.count()).toBe(100)
  await page.getByRole('button', { name: 'Show 200 more' }).click()
  expect(await rows.count()).toBe(300)
  expect(await page.locator('#requests-more').isVisible()).toBe(false)

  await page.getByRole('combobox').selectOption('http_status 503')
  expect(await column(2)).toEqual(Array.from({ length: 6 }, () => 'http_status 503'))
  await page.getByRole('combobox').selectOption('all')
  await page.getByRole('searchbox').fill('busy')
  expect(await rows.count()).toBe(6)
  expect(await page.locator('#requests-count').innerText()).toBe('6 of 6 shown')
  await page.getByRole('searchbox').fill('')

  const head = page.getByRole('button', { name: 'ttft ms' })
  await head.click()
  const falling = (await column(4)).filter((text) => text !== '–').map(Number)
  expect(falling).toEqual(falling.toSorted((a, b) => b - a))
  expect((await column(4)).slice(-6)).toEqual(Array.from({ length: 6 }, () => '–'))
  expect(await page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending')
  await head.click()
  expect((await column(4))[0]).toBe(falling.at(-1)?.toFixed(1))
})

test('hostile text stays text when the script writes it', async () => {
  const { page, complaints } = await browser.open(htmlOf('hostile'))
  await page.getByRole('searchbox').fill('script')
  expect(await page.locator('#requests-table tbody tr').count()).toBe(5)
  expect(await page.locator('#requests-table img, #requests-table svg').count()).toBe(0)
  expect(await page.evaluate('window.owned')).toBeUndefined()
  expect(complaints).toEqual([])
})

test('the timeline names the request below the pointer', async () => {
  const { results, records } = find(simulate(1))
  const { page } = await browser.open(renderHtml(results, records))
  const mark = page.locator('#timeline-scatter-title ~ .mark')
  await mark.scrollIntoViewIfNeeded()
  const box = await mark.boundingBox()
  await page.mouse.move(
    (box?.x ?? 0) + (box?.width ?? 0) / 2,
    (box?.y ?? 0) + (box?.height ?? 0) / 2,
  )
  expect(await page.locator('.tip').innerText()).toMatch(/^request 1, completed, took [\d.]+ ms$/)
})

test('on paper nothing is cut off [S0.20]', async () => {
  const { page } = await browser.open(htmlOf('fail'), { width: 794 })
  await page.emulateMedia({ media: 'print' })
  const cut = await page.evaluate(
    '[...document.querySelectorAll(".scroll")].filter((box) => box.scrollWidth > document.documentElement.clientWidth).map((box) => box.ariaLabel)',
  )
  expect(cut).toEqual([])
  expect(await page.locator('nav').isVisible()).toBe(false)
})
