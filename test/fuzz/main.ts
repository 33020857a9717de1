/**
 * Feeds readers, client, verdicts, reports and processes with spoilt input, and prints every promise
 * that they do not keep. Exit code 1 when there is one.
 */
import { exitCodes } from '../../src/verdict/exit-code.ts'
import type { Fuzzer } from './fuzzer.ts'
import { fuzzers } from './fuzzers.ts'
import { fuzz } from './fuzzing.ts'
import { help, readOptions } from './options.ts'

try {
  const options = readOptions(process.argv.slice(2))
  const chosen = fuzzers.filter(({ name }) => options.only.test(name))
  if (options.help) console.log(help)
  else if (options.list)
    for (const { name, cases, purpose } of chosen) console.log(`${name} (${cases}): ${purpose}`)
  else if (chosen.length > 0) process.exitCode = await run(chosen, options)
  else throw new Error('no fuzzer has such a name; see --list')
} catch (error) {
  // Not 1, which says that a promise was not kept.
  console.error(error)
  process.exitCode = exitCodes.misuse
}

/** Returns the exit code. */
async function run(
  chosen: readonly Fuzzer[],
  { seed, cases, case: only }: ReturnType<typeof readOptions>,
): Promise<number> {
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  const { signal } = interrupt
  let findings = 0
  for (const fuzzer of chosen) {
    if (signal.aborted) break
    const [from, to] = only === undefined ? [0, cases ?? fuzzer.cases] : [only, only + 1]
    const start = performance.now()
    const onCase = showProgress(fuzzer.name, to)
    const outcome = await fuzz(fuzzer, { seed, from, to, signal, onCase })
    const seconds = Math.round((performance.now() - start) / 100) / 10
    findings += outcome.findings.length
    console.log(
      `${fuzzer.name}: ${outcome.tried} cases, ${seconds} s, ${outcome.findings.length} findings`,
    )
    for (const { number, message } of outcome.findings) {
      console.log(
        `\n${message}\n  again: npm run fuzz -- --only '^${fuzzer.name}$' --seed ${seed} --case ${number}\n`,
      )
    }
  }
  if (signal.aborted) {
    console.error('Interrupted: these are a part of the cases.')
    return exitCodes.interrupted
  }
  return findings > 0 ? exitCodes.missed : exitCodes.pass
}

/** On a terminal alone: the case that is being tried, some times a second. */
function showProgress(name: string, cases: number): (number: number) => void {
  if (!process.stderr.isTTY) return () => {}
  let shown = 0
  return (number) => {
    const now = performance.now()
    if (now - shown < 200) return
    shown = now
    process.stderr.write(`\r\u001b[K${name} ${number}/${cases}\r`)
  }
}
