import { isUpperBound } from '../../src/bench-spec/slo.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { renderJunit } from '../../src/report/junit.ts'
import { parseResults } from '../../src/results/results-file.ts'
import type { Results, SloDocument } from '../../src/results/results.ts'
import { resultsOf } from '../run/_drive.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { drawDrive, drawGate, drawObjectives, drawRecords } from './happenings.ts'

/** Runs of every luck, judged. */
export const verdicts: Fuzzer = {
  name: 'verdicts',
  purpose:
    'random runs: no PASS without data or beyond its bound, one verdict everywhere, and none that turns into a PASS as requests fail',
  cases: 8000,
  slice: 20,
  start: () => ({
    attempt(chance) {
      const records = drawRecords(chance)
      const slo = drawObjectives(chance)
      const driven = drawDrive(chance, records, { ...drawGate(chance), slo })
      const input = { slo, end: driven.end, gate: driven.spec.gate, records }
      tell('judging failed', input, () => {
        const results = resultsOf(driven)
        checkVerdict(results, input)
        checkSlos(results, records, input)
        checkReading(results, input)
        const worse = resultsOf({ ...driven, records: records.map(fail) })
        const saved = worse.verdict.slos.filter(({ status }) => status === 'PASS')
        if (saved.length > 0) {
          throw new Finding(
            `PASS though every request failed: ${saved.map(({ text }) => text).join()}`,
            input,
          )
        }
      })
    },
  }),
}

const passing = new Set([0])

function checkVerdict({ verdict }: Results, input: object): void {
  const { status, passed, exit_code: code, slos } = verdict
  if (passed !== passing.has(code))
    throw new Finding(`passed ${passed} with exit code ${code}`, input)
  if (status === 'PASS' && !passed) throw new Finding('PASS, but not passed', input)
  if ((status === 'FAIL' || status === 'ERROR') && passed) {
    throw new Finding(`${status}, but passed`, input)
  }
  const strict = slos.filter(({ level }) => level === 'error')
  const missed = strict.find((slo) => slo.status !== 'PASS')
  if (status === 'PASS' && (strict.length === 0 || missed !== undefined)) {
    throw new Finding(`PASS with ${missed?.text ?? 'nothing judged'}`, input)
  }
}

function checkSlos(
  { verdict, end }: Results,
  records: readonly RequestRecord[],
  input: object,
): void {
  const measured = records.filter(({ phase }) => phase === 'measured')
  const answered = measured.some(({ outcome }) => outcome === 'completed')
  for (const slo of verdict.slos) {
    if (slo.status !== 'PASS') continue
    if (!answered || slo.n === 0 || slo.observed === null) {
      throw new Finding(`${slo.text} PASSes without data`, input)
    }
    if (!meetsBound(slo)) throw new Finding(`${slo.text} PASSes at ${slo.observed}`, input)
    if (end.kind === 'crashed' || end.kind === 'interrupted') {
      throw new Finding(`${slo.text} PASSes in a run that was ${end.kind}`, input)
    }
  }
}

function meetsBound({ observed, bound, op }: SloDocument): boolean {
  if (observed === null || bound === null || observed === 'infinite') return false
  return isUpperBound(op) ? observed <= bound : observed >= bound
}

/** The document is as its schema says, and JUnit says of each SLO what stands there. */
function checkReading(results: Results, input: object): void {
  const text = JSON.stringify(results)
  if (JSON.stringify(parseResults(text, 'results.json')) !== text) {
    throw new Finding('what is read back is not what was written', input)
  }
  const junit = renderJunit([results], { mode: 'strict' })
  const failures = junit.match(/<(failure|error)\b/g)?.length ?? 0
  if (failures === 0 && !results.verdict.passed) {
    throw new Finding('JUnit has no failure, but the run did not pass', input)
  }
}

function fail(record: RequestRecord): RequestRecord {
  if (record.outcome !== 'completed') return record
  const { outcome: _, ...rest } = record
  return { ...rest, outcome: 'failed', failure: { kind: 'reset', message: 'connection broken' } }
}
