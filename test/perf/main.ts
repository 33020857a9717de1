/** Measures what the package costs, side by side with what one would write first. Prints, judges nothing. */
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'

import { exitCodes } from '../../src/verdict/exit-code.ts'
import { version } from '../../src/version.ts'
import { fromModules } from '../real/_software.ts'
import { type Candidate, runBenchmark, type Series } from './benchmark.ts'
import { type OwnClient, ownClients, peerNames } from './clients/name.ts'
import { putSections, renderFigures } from './figures.ts'
import { measureJudging } from './judging.ts'
import { measureMockCost } from './mock-cost.ts'
import { help, type PerfOptions, readOptions } from './options.ts'
import { findPeers } from './peers.ts'
import { canPin } from './pinning.ts'
import { measureStreamReading } from './stream-reading.ts'
import { compileServer } from './stream-server.ts'
import { runTrial, sendBy } from './trial.ts'

const page = new URL('../../docs/accuracy.md', import.meta.url)

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(help)
  else await run(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = exitCodes.misuse
}

async function run(options: PerfOptions): Promise<void> {
  // Before anything is measured, which is load too.
  const machine = describeMachine()
  console.log(`${machine}\n`)
  if (compileServer() === undefined) {
    console.log('Clients are not compared: their server needs a C compiler (cc) and Linux\n')
  } else {
    const series = await compareClients(options)
    const sections = renderFigures(series, machine)
    for (const { heading, text } of sections) console.log(`\n${heading}\n\n${text}`)
    console.log()
    if (options.json !== undefined) writeJson(options.json, { machine, series })
    if (options.write) writeFileSync(page, putSections(readFileSync(page, 'utf8'), sections))
  }
  if (!options.everything) return
  for (const measure of [measureStreamReading, measureMockCost, measureJudging]) {
    console.log(await measure())
  }
}

function describeMachine(): string {
  const load = loadavg()[0]?.toFixed(1)
  const pinned = canPin ? 'server and client on a core each' : 'not pinned to cores (no taskset)'
  const date = new Date().toISOString().slice(0, 10)
  return `${date}, Node ${process.version}, ${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, load average ${load}; ${pinned}`
}

async function compareClients({ trials, clients, repetitions }: PerfOptions): Promise<Series[]> {
  const candidates = [
    ...ownClients.filter((name) => clients.includes(name)).map(asCandidate),
    ...(await findPeers(peerNames.filter((name) => clients.includes(name)))),
  ]
  return runBenchmark(candidates, trials, repetitions, ({ mode, streams }, name, repetition) => {
    const told = 'error' in repetition ? repetition.error : JSON.stringify(repetition.accuracy)
    console.error(`${mode}, ${streams} streams, ${name}: ${told}`)
  })
}

function asCandidate(name: OwnClient): Candidate {
  return {
    name,
    version: versionOf(name),
    measure: (trial) => runTrial(trial, sendBy(name)),
  }
}

/** Of Node, which has `net`, the first line tells. */
function versionOf(name: OwnClient): string {
  if (name === 'undici') return fromModules('undici', 'undici', 'undici').version()
  return name === 'slogate' ? version : ''
}

function writeJson(file: string, document: { machine: string; series: readonly Series[] }): void {
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
}
