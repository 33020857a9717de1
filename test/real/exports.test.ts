import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { renderOpenMetrics } from '../../src/report/export/open-metrics.ts'
import { renderPrometheus } from '../../src/report/export/prometheus-text.ts'
import { runs } from '../report/_runs.ts'
import { findPort, finish, flags, launch } from './_process.ts'
import { fromPython, fromSystem, titleOf } from './_software.ts'

const all = Object.values(runs)
const each = [...all.map((run) => [run]), all]

const seriesOf = (text: string): string[] =>
  text.split('\n').filter((line) => line.startsWith('slogate_'))

const promtool = fromSystem('promtool', ['--version'], 'promtool')
test.skipIf(promtool.path === undefined)(
  `${titleOf(promtool)} has no complaint about the Prometheus file`,
  async () => {
    const command = { path: promtool.path ?? '', args: ['check', 'metrics'] }
    for (const runs of each) {
      const said = await finish({ ...command, input: renderPrometheus(runs) })
      expect(said).toEqual({ code: 0, text: '' })
    }
    const { code } = await finish({ ...command, input: renderOpenMetrics(all) })
    expect(code).not.toBe(0)
  },
)

const exporter = fromSystem('prometheus-node-exporter', ['--version'], 'node_exporter')
test.skipIf(exporter.path === undefined)(
  `${titleOf(exporter)} serves every series of the Prometheus file`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
    const file = renderPrometheus(all)
    writeFileSync(join(folder, 'slogate.prom'), file)
    const address = `127.0.0.1:${await findPort()}`
    const args = [
      ...flags({ 'collector.disable-defaults': true, 'collector.textfile': true }),
      ...flags({ 'collector.textfile.directory': folder, 'web.listen-address': address }),
    ]
    const url = `http://${address}/metrics`
    const close = await launch({ path: exporter.path ?? '', args }, url)
    onTestFinished(async () => {
      await close()
      rmSync(folder, { recursive: true })
    })
    const scrape = (): Promise<string> => fetch(url).then((reply) => reply.text())
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

const parser = fromPython(
  'readers',
  'python',
  'prometheus-client',
  'the parser of prometheus_client',
)
test.skipIf(parser.path === undefined)(
  `${titleOf(parser)} reads every series of the OpenMetrics file`,
  async () => {
    for (const input of each.map(renderOpenMetrics)) {
      const said = await finish({ path: parser.path ?? '', args: ['-c', countSamples], input })
      expect(said).toEqual({ code: 0, text: `${seriesOf(input).length}\n` })
    }
  },
)
