import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export const help = `npm run error-rates -- [options]

  --runs N         runs of each experiment (4000)
  --seed N         of their numbers (1)
  --only PATTERN   experiments whose name matches this regular expression
  --workers N      threads (as many as there are cores)
  --json FILE      also writes the counts
  --write          puts the tables into docs/verdicts.md
  --list           prints the names of the experiments
  --help

Ctrl-C prints what is there. Exit code 1: a verdict is wrong more often than is documented.`

/** Throws an error whose message is for the one who typed them. */
export function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '4000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      workers: { type: 'string', default: String(availableParallelism()) },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.write && values.only !== '') throw new Error('--write takes all experiments')
  return {
    ...values,
    runs: toCount('runs', values.runs),
    seed: toCount('seed', values.seed),
    workers: toCount('workers', values.workers),
    only: new RegExp(values.only),
  }
}

function toCount(name: string, text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new Error(`--${name} takes a whole number from 1 on, not ${JSON.stringify(text)}`)
  }
  return count
}
