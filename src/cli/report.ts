import { dirname, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { readRecords, readResults } from '../results/findings.ts'
import { type ReportFormat, reportFormats, writeReports } from '../run/artifacts.ts'
import { type Command, UsageError } from './command.ts'
import { junitOf } from './junit-mode.ts'

const help = `Usage: slogate report RESULTS [OPTIONS]

Renders the reports of a run again: from its results.json (or the folder that
holds it) and, for what is drawn of single requests, from the requests.ndjson.gz
beside it. Judges nothing anew.

Options:
      --out DIR         folder for the reports (default: that of results.json)
      --format LIST     of ${reportFormats.join(', ')}, with commas between them
                        (default: all)
      --junit MODE      rich (default), or strict: only what strict schemas of JUnit allow

Exit codes: 0 rendered, 3 bad usage or a file that cannot be read, 4 not written.

Example:
  slogate report .vitest/slogate/chat/results.json --format html --out site
`

export const report: Command = {
  summary: 'render the reports of a run again',
  help,
  async run(args, { cwd, stdout, stderr }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        format: { type: 'string' },
        junit: { type: 'string' },
      },
    })
    const [file, ...others] = positionals
    if (file === undefined || others.length > 0)
      throw new UsageError('needs one results.json or its folder')
    const formats = values.format === undefined ? reportFormats : formatsOf(values.format)
    const junit = junitOf(values.junit ?? 'rich')
    const { results, file: shown } = readResults(file, cwd)
    const records = readRecords(shown, cwd)
    if (records === undefined) {
      stderr.write(
        'slogate report: there is no requests.ndjson.gz beside it: what needs single requests is left out\n',
      )
    }
    const folder = resolve(cwd, values.out ?? dirname(shown))
    for (const written of writeReports(folder, { results, records }, { formats, junit })) {
      stdout.write(`${relative(cwd, written)}\n`)
    }
    return 0
  },
}

function formatsOf(text: string): ReportFormat[] {
  return text.split(',').map((name) => {
    const format = reportFormats.find((known) => known === name.trim())
    if (format !== undefined) return format
    throw new UsageError(`--format must be of ${reportFormats.join(', ')}, got '${name.trim()}'`)
  })
}
