import { parseArgs } from 'node:util'

export const help = `npm run fuzz -- [options]

  --only PATTERN   fuzzers whose name matches this regular expression
  --seed N         of what is drawn (1)
  --cases N        cases of each fuzzer (its own number)
  --case N         this one alone, as a finding names it
  --list           prints the fuzzers
  --help

Ctrl-C prints what was tried. Exit code 1: a promise was not kept.`

/** Throws an error whose message is for the one who typed them. */
export function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      seed: { type: 'string', default: '1' },
      cases: { type: 'string' },
      case: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    list: values.list,
    help: values.help,
    only: new RegExp(values.only),
    seed: toCount('seed', values.seed),
    cases: values.cases === undefined ? undefined : toCount('cases', values.cases),
    case: values.case === undefined ? undefined : toCount('case', values.case),
  }
}

function toCount(name: string, text: string): number {
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new Error(`--${name} takes a whole number from 0 on, not ${JSON.stringify(text)}`)
  }
  return count
}
