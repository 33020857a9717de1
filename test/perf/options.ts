import { parseArgs } from 'node:util'

import { type OwnClient, ownClients } from './clients/name.ts'
import type { Mode } from './stream-server.ts'
import type { Trial } from './trial.ts'

export const help = `npm run perf -- [options]

Holds slogate against a bare socket and bare undici, at a server in C with stamps of its own; then what
it costs to read streams and to judge, and the mock by its own record.

  --streams N,N      streams at a time (512; of a flood 64)
  --mode MODE,MODE   paced: each stream has its own phase; lock-step: all tokens of a step at once;
                     flood: as fast as they are taken (all three)
  --only NAME,NAME   of: ${ownClients.join(', ')} (all); nothing but their comparison is run then
  --repetitions N    of everything, interleaved (3)
  --seconds N        of load in each, behind the warm-up (4)
  --json FILE        also writes every repetition
  --help`

const modes: readonly Mode[] = ['paced', 'lock-step', 'flood']

export interface PerfOptions {
  trials: readonly Trial[]
  clients: readonly OwnClient[]
  repetitions: number
  /** Whether also what is no comparison of clients is measured. */
  everything: boolean
  json: string | undefined
  help: boolean
}

/** @throws Error whose message is for the one who typed them. */
export function readOptions(args: string[]): PerfOptions {
  const { values } = parseArgs({
    args,
    options: {
      streams: { type: 'string' },
      mode: { type: 'string', default: modes.join() },
      only: { type: 'string' },
      repetitions: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const seconds = toCount('seconds', values.seconds)
  const trials = takeNames('mode', values.mode, modes).flatMap((mode) => {
    const streams = values.streams ?? (mode === 'flood' ? '64' : '512')
    return streams
      .split(',')
      .map((text): Trial => ({ mode, streams: toCount('streams', text), seconds }))
  })
  return {
    trials,
    clients: takeNames('only', values.only ?? ownClients.join(), ownClients),
    repetitions: toCount('repetitions', values.repetitions),
    everything: values.only === undefined,
    json: values.json,
    help: values.help,
  }
}

function takeNames<Name extends string>(
  option: string,
  text: string,
  names: readonly Name[],
): Name[] {
  return text.split(',').map((given) => {
    const name = names.find((one) => one === given)
    if (name !== undefined) return name
    throw new Error(`--${option} takes ${names.join(', ')}, not ${JSON.stringify(given)}`)
  })
}

function toCount(option: string, text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 1) return count
  throw new Error(`--${option} takes a whole number from 1 on, not ${JSON.stringify(text)}`)
}
