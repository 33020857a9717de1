import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

/**
 * Serious and critical violations, with everything unfolded; of the many rows of requests only some.
 * `rules`: a tag of the rules to go by.
 */
export async function audit(page: Page, rules?: 'cat.color'): Promise<string[]> {
  await page.evaluate('document.querySelectorAll("details").forEach((each) => (each.open = true))')
  await page.evaluate(axe)
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ exclude: "#requests-table tbody tr:nth-child(n + 8)" }, ${JSON.stringify({ resultTypes: ['violations'], ...(rules !== undefined && { runOnly: [rules] }) })})`,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)
}
