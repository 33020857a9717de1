import { existsSync } from 'node:fs'

import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'

const { CHROMIUM_PATH: chosen } = process.env
const executablePath = (
  chosen === undefined ? ['/usr/bin/chromium', '/usr/bin/chromium-browser'] : [chosen]
).find((path) => existsSync(path))

const missing = 'Skipped, for want of Chromium: set CHROMIUM_PATH, or apt-get install chromium.'

export interface OpenOptions {
  width?: number
  dark?: boolean
  script?: boolean
}

export interface Opened {
  page: Page
  /** Whatever the page asked for beside itself. */
  requests: string[]
  /** What it complained about: violations of its policy, errors of its script, dialogs. */
  complaints: string[]
}

/** Opens pages in Chromium; the tests of the file are skipped where there is none. */
export function useBrowser(): {
  open(html: string, options?: OpenOptions): Promise<Opened>
  /** Goes to an address, from where the page may ask for more. */
  visit(url: string, options?: OpenOptions): Promise<Opened>
} {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (executablePath === undefined) {
      console.warn(missing)
      return
    }
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  }, 60_000)
  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close()
  })
  afterAll(async () => {
    await browser?.close()
  })
  beforeEach((context) => {
    if (executablePath !== undefined) return
    context.skip(missing)
  })
  return {
    async open(html, options) {
      const { page, requests, complaints } = await createPage(options)
      const own = 'http://report.example/report.html'
      await page.route('**/*', async (route) => {
        const url = route.request().url()
        if (url === own) return route.fulfill({ contentType: 'text/html', body: html })
        requests.push(url)
        return route.abort()
      })
      await page.goto(own)
      return { page, requests, complaints }
    },
    async visit(url, options) {
      const opened = await createPage(options)
      opened.page.on('request', (request) => opened.requests.push(request.url()))
      await opened.page.goto(url)
      return opened
    },
  }

  async function createPage({
    width = 1280,
    dark = false,
    script = true,
  }: OpenOptions = {}): Promise<Opened> {
    if (browser === undefined) throw new Error('there is no browser')
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
      javaScriptEnabled: script,
    })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('dialog', async (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`)
      await dialog.dismiss()
    })
    return { page, requests: [], complaints }
  }
}
