/** Measures what the package costs, side by side with what one would write first. Prints, judges nothing. */
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'

import { exitCodes } from '../../src/verdict/exit-code.ts'
import { version } from '../../src/version.ts'
import { renderBenchmark, runBenchmark, type Series } from './benchmark.ts'
import type { OwnClient } from './clients/name.ts'
import { measureJudging } from './judging.ts'
import { measureMockCost } from './mock-cost.ts'
import { help, type PerfOptions, readOptions } from './options.ts'
import { canPin } from './pinning.ts'
import { measureStreamReading } from './stream-reading.ts'
import { compileServer } from './stream-server.ts'
import { tryClient } from './trial.ts'

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(help)
  else await run(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = exitCodes.misuse
}

async function run(options: PerfOptions): Promise<void> {
  console.log(`${describeMachine()}\n`)
  if (compileServer() === undefined) {
    console.log('Clients are not compared: their server needs a C compiler (cc) and Linux\n')
  } else {
    const series = await compareClients(options)
    console.log(`\n${renderBenchmark(series)}`)
    if (options.json !== undefined) writeJson(options.json, series)
  }
  if (!options.everything) return
  for (const measure of [measureStreamReading, measureMockCost, measureJudging]) {
    console.log(await measure())
  }
}

function describeMachine(): string {
  const load = loadavg()[0]?.toFixed(1)
  const pinned = canPin ? 'server and client on a core each' : 'not pinned to cores (no taskset)'
  return `Node ${process.version}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, load average ${load}; ${pinned}`
}

function compareClients({ trials, clients, repetitions }: PerfOptions): Promise<Series[]> {
  const candidates = clients.map((name) => ({
    name,
    version: versionOf(name),
    measure: (trial: PerfOptions['trials'][number]) => tryClient(name, trial),
  }))
  return runBenchmark(candidates, trials, repetitions, ({ mode, streams }, name, repetition) => {
    const told = 'error' in repetition ? repetition.error : JSON.stringify(repetition.accuracy)
    console.error(`${mode}, ${streams} streams, ${name}: ${told}`)
  })
}

function versionOf(name: OwnClient): string {
  return name === 'slogate' ? version : ''
}

function writeJson(file: string, series: readonly Series[]): void {
  const document = { machine: describeMachine(), series }
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
}
