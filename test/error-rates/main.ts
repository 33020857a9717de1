/**
 * Judges thousands of simulated runs of services whose figures are known, and prints how often a
 * verdict is wrong. Exit code 1 when it is more often than is documented.
 */
import { readFileSync, writeFileSync } from 'node:fs'

import { exitCodes } from '../../src/verdict/exit-code.ts'
import { putSection } from '../_section.ts'
import { type Finding, simulateAll } from './crew.ts'
import type { Experiment } from './experiment.ts'
import { experiments } from './experiments.ts'
import { findExcesses } from './limits.ts'
import { help, readOptions } from './options.ts'
import { createProgress, toSeconds } from './progress.ts'
import { renderSection } from './section.ts'

const page = new URL('../../docs/verdicts.md', import.meta.url)

try {
  const options = readOptions(process.argv.slice(2))
  const chosen = experiments.filter(({ name }) => options.only.test(name))
  if (options.help) console.log(help)
  else if (options.list) console.log(chosen.map(({ name }) => name).join('\n'))
  else if (chosen.length > 0) process.exitCode = await run(chosen, options)
  else throw new Error('no experiment has such a name; see --list')
} catch (error) {
  // Not 1, which says that a verdict is wrong too often.
  console.error(error)
  process.exitCode = exitCodes.misuse
}

/** Returns the exit code. */
async function run(
  chosen: readonly Experiment[],
  { runs, seed, workers, json, write }: ReturnType<typeof readOptions>,
): Promise<number> {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  const { signal } = interrupt
  const start = performance.now()
  const onProgress = createProgress()
  const findings = await simulateAll(chosen, { runs, seed, workers, signal, onProgress })
  const seconds = toSeconds(performance.now() - start)

  const section = renderSection(findings, { runs, seed })
  console.log(section)
  if (json !== undefined) writeFileSync(json, renderCounts(findings, seed))
  const excesses = listExcesses(findings)
  console.error([`\n${findings.length} experiments, ${seconds} s`, ...excesses].join('\n'))
  if (signal.aborted) {
    console.error('Interrupted: these are a part of the runs.')
    return exitCodes.interrupted
  }
  if (write) writeFileSync(page, putSection(readFileSync(page, 'utf8'), section))
  return excesses.length > 0 ? exitCodes.missed : exitCodes.pass
}

function listExcesses(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ experiment, tallies }) =>
    experiment.questions.flatMap((question, i) => {
      const tally = tallies[i]
      return tally === undefined ? [] : findExcesses(experiment, question, tally)
    }),
  )
}

function renderCounts(findings: readonly Finding[], seed: number): string {
  const counts = findings.flatMap(({ experiment, tallies }) =>
    experiment.questions.map(({ asked, place, slo }, i) => ({
      experiment: experiment.name,
      service: experiment.service,
      n: experiment.n,
      asked,
      place,
      slo: slo.text,
      ...tallies[i],
    })),
  )
  return `${JSON.stringify({ seed, counts }, null, 2)}\n`
}
