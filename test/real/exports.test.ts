import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { renderOpenMetrics } from '../../src/report/export/open-metrics.ts'
import { renderPrometheus } from '../../src/report/export/prometheus-text.ts'
import { serve } from '../_server.ts'
import { runs } from '../report/_runs.ts'
import { findTool, hasModule, runTool } from './_tool.ts'

const all = Object.values(runs)
const each = [...all.map((run) => [run]), all]

const seriesOf = (text: string): string[] =>
  text.split('\n').filter((line) => line.startsWith('slogate_'))

const promtool = findTool('promtool')
test.skipIf(promtool === undefined)(
  'promtool has no complaint about the Prometheus file',
  async () => {
    for (const runs of each) {
      const { code, text } = await runTool(promtool!, ['check', 'metrics'], renderPrometheus(runs))
      expect([code, text]).toEqual([0, ''])
    }
    const { code } = await runTool(promtool!, ['check', 'metrics'], renderOpenMetrics(all))
    expect(code).not.toBe(0)
  },
)

const exporter = findTool('prometheus-node-exporter', 'node_exporter')
test.skipIf(exporter === undefined)(
  'node_exporter serves every series of the Prometheus file',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
    const file = renderPrometheus(all)
    writeFileSync(join(folder, 'slogate.prom'), file)
    const free = await serve(() => {})
    await free.close()
    const address = free.url.replace('http://', '')
    const child = spawn(exporter!, [
      '--collector.disable-defaults',
      '--collector.textfile',
      `--collector.textfile.directory=${folder}`,
      `--web.listen-address=${address}`,
    ])
    onTestFinished(async () => {
      child.kill()
      await once(child, 'exit')
      rmSync(folder, { recursive: true })
    })
    const scrape = (): Promise<string> => fetch(`${free.url}/metrics`).then((reply) => reply.text())
    await expect.poll(scrape, { timeout: 60_000 }).toContain('node_textfile_scrape_error 0')
    expect(seriesOf(await scrape())).toHaveLength(seriesOf(file).length)
  },
)

const countSamples = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
text = sys.stdin.buffer.read().decode()
print(sum(len(family.samples) for family in text_string_to_metric_families(text)))
`
test.skipIf(!hasModule('prometheus_client.openmetrics.parser'))(
  'the reference parser of OpenMetrics reads every series of the OpenMetrics file',
  async () => {
    for (const text of each.map(renderOpenMetrics)) {
      const said = await runTool('python3', ['-c', countSamples], text)
      expect(said).toMatchObject({ code: 0, text: `${seriesOf(text).length}\n` })
    }
  },
)
