import { dirname, relative, resolve } from 'node:path'

import { explainMissingRequests } from '../report/sentence/missing-requests.ts'
import { countRequests, findMatrix, readRecords, readResults } from '../results/findings.ts'
import { reportFormats, writeMatrixPage, writeReports } from '../run/artifacts.ts'
import { type ExitCode, exitCodes } from '../verdict/exit-code.ts'
import { type Command, defineCommand } from './command.ts'
import { junit } from './shared-options.ts'
import { choices, text } from './value-kind.ts'

export const report: Command = defineCommand({
  summary: 'render the reports of a run again',
  usage: ['RESULTS [OPTIONS]'],
  purpose:
    'Renders the reports of a run again: from its `results.json` (or the folder that holds it) and, for what is drawn of single requests, from the `requests.ndjson.gz` beside it; of a matrix its page, from `matrix.json`. Judges nothing anew.',
  options: {
    out: {
      value: text('DIR', 'folders'),
      description: 'folder for the reports; by default that of `results.json`',
    },
    format: {
      value: choices('LIST', reportFormats),
      default: reportFormats,
      description: 'which of them, with commas between them',
    },
    junit,
  },
  operands: {
    needed: 'one results.json or its folder',
    least: 1,
    most: 1,
    offers: 'files',
  },
  exitCodes: { 0: 'rendered', 3: 'bad usage or a file that cannot be read', 4: 'not written' },
  examples: [
    'slogate report .vitest/slogate/chat',
    'slogate report .vitest/slogate/chat/results.json --format html --out site',
  ],
  async run({ values, operands }, { cwd, stdout, stderr }) {
    const [path = ''] = operands
    const { format: formats, junit } = values
    const swept = findMatrix(path, cwd)
    if (swept !== undefined) {
      const { matrix, file } = swept
      const folder = resolve(cwd, values.out ?? dirname(file))
      return tellWritten(writeMatrixPage(folder, matrix))
    }
    const { results, file } = readResults(path, cwd)
    const records = readRecords(results, { file, cwd })
    if (records === undefined) {
      stderr.write(
        'slogate report: there is no requests.ndjson.gz beside it: what needs single requests is left out\n',
      )
    } else if (records.length < countRequests(results)) {
      const missing = explainMissingRequests(records.length, countRequests(results))
      stderr.write(`slogate report: ${missing}\n`)
    }
    const folder = resolve(cwd, values.out ?? dirname(file))
    return tellWritten(writeReports(folder, { results, records }, { formats, junit }))

    function tellWritten({ files, problems }: ReturnType<typeof writeReports>): ExitCode {
      for (const written of files) stdout.write(`${relative(cwd, written)}\n`)
      for (const problem of problems) stderr.write(`slogate report: ${problem}\n`)
      return problems.length === 0 ? exitCodes.pass : exitCodes.noData
    }
  },
})
