import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type MockHandle, startMock } from '../../src/mock/index.ts'
import { type RunningServer, startServer } from '../../src/serve/server.ts'
import { refusingUrl } from '../_server.ts'
import { audit } from './_axe.ts'
import { useBrowser } from './_browser.ts'

const browser = useBrowser()
/** ms; the default of a second is too little on a busy machine. */
const patience = { timeout: 60_000 }
const folder = mkdtempSync(join(tmpdir(), 'slogate-pages-'))
const key = 'sk-key-that-nobody-keeps'
let mock: MockHandle
let server: RunningServer
let form = ''

beforeAll(async () => {
  mock = await startMock({ profile: 'vllm', ttft: '10ms', itl: '1ms' })
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    hostNames: [],
    limits: { requests: 1000, concurrency: 64 },
    targets: [],
    datasets: undefined,
    out: join(folder, 'runs'),
    keep: 50,
    root: folder,
    log: () => {},
  })
  form = `${server.url}/tps-test.html`
})

afterAll(async () => {
  await server.close()
  await mock.stop()
  rmSync(folder, { recursive: true })
})

async function fill(page: Page, values: Readonly<Record<string, string>> = {}): Promise<void> {
  const all = {
    api_url: `${mock.url}/v1`,
    model: 'mock-model',
    parallel: '4',
    number: '60',
    'min-tokens': '5',
    'max-tokens': '10',
    api_key: key,
    ...values,
  }
  for (const [name, value] of Object.entries(all)) await page.fill(`[name="${name}"]`, value)
}

async function readTruth(): Promise<{ tokens: { completion: number }; outcome: string }[]> {
  return (await (await fetch(`${mock.url}/__mock/truth`)).json()) as never
}

const figures = (page: Page): Promise<string[]> => page.locator('.figure').allTextContents()

test('the form starts a benchmark, shows how it goes, and leads to figures that the target saw [S0.17] [S0.18] [S0.19] [S0.22]', async () => {
  const before = (await readTruth()).length
  const { page, requests, complaints } = await browser.visit(`${form}?lang=zh`)
  await page.selectOption('#backend', '30000')
  expect(await page.inputValue('#api_url')).toBe('http://127.0.0.1:30000/v1')
  await fill(page, { model: '' })
  expect(await page.inputValue('#backend')).toBe('')
  await page.selectOption('#backend', '8000')
  expect(await page.inputValue('#api_url')).toBe(`${mock.url}/v1`)
  await page.waitForSelector('#models option', { state: 'attached' })
  expect(await page.inputValue('#model')).toBe('')
  await page.getByText('获取模型列表').click()
  await expect.poll(() => page.inputValue('#model'), patience).toBe('mock-model')
  await page.evaluate(`
    window.shown = []
    new MutationObserver(() => window.shown.push(document.getElementById('done').textContent))
      .observe(document.getElementById('done'), { childList: true })
    addEventListener('pagehide', () => sessionStorage.setItem('shown', JSON.stringify(window.shown)))
  `)
  await page.fill('#number', '200')
  await page.getByRole('button', { name: '开始测试' }).click()
  await page.waitForURL('**/reports/*')

  const seen = (await readTruth()).slice(before)
  const tokens = seen.reduce((sum, each) => sum + each.tokens.completion, 0)
  expect(seen).toHaveLength(200)
  const [total, success, , , output] = await figures(page)
  expect([total, success, output?.replace('\u202f', '')]).toEqual(['200', '100.0%', `${tokens}`])
  const shown = JSON.parse(await page.evaluate<string>(`sessionStorage.getItem('shown')`))
  expect(shown.length).toBeGreaterThan(1)
  expect(shown.at(-1)).toMatch(/^已完成 \d+\/200，进行中 \d+，失败 0$/)
  expect(await page.locator('text=已完成').count()).toBeGreaterThan(0)

  const { origin } = new URL(form)
  expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith('data:'))).toEqual([])
  expect(complaints).toEqual([])
  const kept = await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })')
  expect(kept).toContain('mock-model')
  expect(kept).not.toContain(key)

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText('导出 JSON').click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^benchmark-results-20.*\.json$/)
  await page.getByText('返回测试页').click()
  await page.waitForURL('**/tps-test.html*')
  await page.waitForSelector('#earlier a')
  expect(await page.inputValue('#number')).toBe('200')
  expect(await page.inputValue('#api_key')).toBe('')
})

test('the keyboard is enough, from the form to the result and back [S0.28]', async () => {
  const { page } = await browser.visit(`${form}?lang=en`, { width: 390 })
  await fill(page, { number: '30' })
  await page.focus('#api_key')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.id')).toBe('start')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/reports/*')
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  const grade = page.locator('[aria-labelledby=ratings] tbody td:last-child').first()
  const box = await grade.boundingBox()
  expect((box?.x ?? 390) + (box?.width ?? 0)).toBeLessThanOrEqual(390)
  const back = `document.activeElement.matches('a.button[href^="/tps-test"]')`
  for (let i = 0; i < 10 && !(await page.evaluate<boolean>(back)); i++) {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page.waitForURL('**/tps-test.html*')
  await page.waitForSelector('#earlier a')
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
})

test('what is wrong stands at its field, and a target that is down or far away is told [S0.31] [S0.32]', async () => {
  const { page } = await browser.visit(`${form}?lang=en`)
  await fill(page, { model: '' })
  await page.click('#start')
  expect(await page.textContent('#model-problem')).toBe('Needed.')
  expect(await page.evaluate('document.activeElement.id')).toBe('model')
  await fill(page, { 'min-tokens': '20' })
  await page.click('#start')
  await page.waitForSelector('#min-tokens[aria-invalid]')
  expect(await page.textContent('#min-tokens-problem')).toContain('max-tokens')
  await fill(page, { api_url: `${await refusingUrl()}/v1`, number: '5' })
  await page.click('#start')
  await page.waitForSelector('#problem:not([hidden])')
  expect(await page.textContent('#problem')).toContain('The target cannot be reached')
  expect(await page.isHidden('#remote')).toBe(true)
  await fill(page, { api_url: 'https://api.example.com/v1?api-key=sk-in-the-address' })
  expect(await page.isVisible('#remote')).toBe(true)
  await page.click('#start')
  await page.getByText('--allow-target').waitFor()
  const kept = await page.evaluate<string>('JSON.stringify({ ...localStorage })')
  expect(kept).toContain('https://api.example.com/v1')
  expect(kept).not.toContain('sk-')
})

test('a benchmark is cancelled by the page, and by leaving it [S0.19]', async () => {
  const { page } = await browser.visit(`${form}?lang=en`)
  await fill(page, { number: '1000', parallel: '2', 'max-tokens': '100', 'min-tokens': '100' })
  await page.click('#start')
  await page.waitForSelector('#running:not([hidden])')
  expect(await audit(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await audit(page, 'cat.color')).toEqual([])
  await page.focus('#cancel')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#problem:not([hidden])')
  expect(await page.textContent('#problem')).toContain('was cancelled')
  expect(await page.getAttribute('#problem a', 'href')).toMatch(/^\/reports\/.*\?lang=en$/)
  await page.waitForSelector('#running', { state: 'hidden' })
  expect(await page.evaluate('document.activeElement.id')).toBe('start')
  await page.waitForSelector('#earlier a')
  const before = (await readTruth()).length
  await page.click('#start')
  await expect
    .poll(() => page.evaluate<number>('document.getElementById("bar").value'), patience)
    .toBeGreaterThan(0)
  await page.close()
  for (;;) {
    const { running } = (await (await fetch(`${server.url}/v1/benchmarks`)).json()) as {
      running: object | null
    }
    if (running === null) break
  }
  expect((await readTruth()).length - before).toBeLessThan(1000)
})

test('a page of another origin starts nothing [S0.16]', async () => {
  const before = (await readTruth()).length
  const { page } = await browser.open('<!doctype html><title>other</title>')
  await page.unroute('**/*')
  const body = JSON.stringify({
    api_url: `${mock.url}/v1`,
    parallel: 1,
    model: 'm',
    datasets: 'openqa',
    'min-tokens': 1,
    'max-tokens': 2,
  })
  for (const type of ['application/json', 'text/plain']) {
    const tried = await page.evaluate<string>(`
      fetch(${JSON.stringify(`${server.url}/v1/benchmark`)}, {
        method: 'POST', headers: { 'content-type': '${type}' }, body: ${JSON.stringify(body)},
      }).then(() => 'read', () => 'refused')
    `)
    expect([type, tried]).toEqual([type, 'refused'])
  }
  expect(await readTruth()).toHaveLength(before)
})

test('axe finds nothing serious in form and result, in two languages, light and dark [S0.20]', async () => {
  const { data } = (await (await fetch(`${server.url}/v1/benchmarks`)).json()) as {
    data: { report_url: string; status: string }[]
  }
  const ended = data.find(({ status }) => status === 'success')
  expect(ended).toBeDefined()
  for (const path of ['/tps-test.html', ended?.report_url]) {
    for (const lang of ['zh', 'en']) {
      const { page } = await browser.visit(`${server.url}${path}?lang=${lang}`)
      expect(await page.getAttribute('html', 'lang')).toMatch(new RegExp(`^${lang}`))
      expect(await audit(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await audit(page, 'cat.color')).toEqual([])
      await page.context().close()
    }
  }
})
