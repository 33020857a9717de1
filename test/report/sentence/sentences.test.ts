import { expect, test } from 'vitest'

import { renderHtml } from '../../../src/report/html/page.ts'
import { renderMarkdown } from '../../../src/report/markdown.ts'
import { renderTerminal } from '../../../src/report/terminal.ts'
import { run, runs } from '../_runs.ts'

test.each([
  ['terminal', (results) => renderTerminal(results, { color: false, unicode: true })],
  ['Markdown', (results) => renderMarkdown([results])],
  ['HTML', (results) => renderHtml(results)],
] as [string, (results: typeof runs.fail) => string][])(
  'the %s report words the facts, whatever sentence is stored beside them',
  (_, render) => {
    const { server } = runs.server
    const { diagnostics } = runs.fail
    const stored = run({ server, diagnostics })
    const altered = run({
      server: { ...server!, message: 'other words' },
      diagnostics: diagnostics.map((each) => ({ ...each, message: 'other words' })),
    })
    const text = render(altered)
    expect(text.replace(/\s+/g, ' ')).toContain('Concurrency 10 was not held')
    expect(text.replace(/\s+/g, ' ')).toContain('Of 2.313s mean latency decode takes 83%')
    expect(text).toBe(render(stored))
  },
)
