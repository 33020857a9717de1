import { DocumentError } from '../../src/results/document-error.ts'
import { parseRequests, renderRequest } from '../../src/results/requests.ts'
import { parseResults } from '../../src/results/results-file.ts'
import { runs } from '../report/_runs.ts'
import { resultsOf } from '../run/_drive.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { drawDrive, drawObjectives, drawRecords } from './happenings.ts'
import { mutateText, mutateValue } from './mutation.ts'
import { renderAll } from './texts.ts'

const words = [
  'null',
  '-1',
  '1e999',
  '"infinite"',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  '\n',
  '\\',
  '\u0000',
  '//',
  '/*',
  '"schema_version": 1',
]

/** Files of ours that others have written or spoilt. */
export const documents: Fuzzer = {
  name: 'documents',
  purpose:
    'spoilt results.json and requests.ndjson: read and rendered, or refused with file and place',
  cases: 6000,
  slice: 20,
  start: () => ({
    attempt(chance) {
      if (chance.happens(0.4)) return attemptRecords(chance)
      const results = chance.happens(0.5) ? chance.pick(Object.values(runs)) : drawResults(chance)
      const text = chance.happens(0.7)
        ? JSON.stringify(mutateValue(results, chance), null, 2)
        : mutateText(JSON.stringify(results, null, 2), chance, words)
      const read = readOrRefuse('results.json', text, () => parseResults(text, 'results.json'))
      if (read !== undefined) tell('rendering failed', text, () => renderAll({ results: read }))
    },
  }),
}

function drawResults(chance: Chance): object {
  const slo = drawObjectives(chance)
  return resultsOf(drawDrive(chance, drawRecords(chance), { slo }))
}

function attemptRecords(chance: Chance): void {
  const records = drawRecords(chance).slice(0, 20)
  const slo = drawObjectives(chance)
  const results = resultsOf(drawDrive(chance, records, { slo }))
  const lines = records.map((record) => renderRequest(record, 0))
  const spoilt = lines.map((line) =>
    chance.happens(0.8) ? line : JSON.stringify(mutateValue(JSON.parse(line), chance)),
  )
  const whole = spoilt.map((line) => `${line}\n`).join('')
  const text = chance.happens(0.5) ? whole : mutateText(whole, chance, words)
  const read = readOrRefuse('requests.ndjson', text, () =>
    parseRequests(text.split('\n'), 'requests.ndjson'),
  )
  if (read !== undefined)
    tell('rendering failed', text, () => renderAll({ results, records: read }))
}

/** What was read; `undefined` where it was refused as it should be. */
function readOrRefuse<T>(file: string, text: string, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DocumentError)) {
      throw new Finding(
        `reading failed: ${String(error instanceof Error ? error.stack : error)}`,
        text,
      )
    }
    if (!error.message.startsWith(file)) {
      throw new Finding(
        `a refusal does not begin with the file: ${error.message.slice(0, 300)}`,
        text,
      )
    }
    return undefined
  }
}
