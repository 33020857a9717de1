import { isFields, readNumber, rejectUnknown, type Report } from '../plan/fields.ts'
import type { Random } from '../plan/random.ts'

/** Requests that are struck in runs of geometric length. */
export interface Bursts {
  /** Of all requests that are struck, 0–1. */
  share: number
  /** Requests in a run, in the mean; at least 1. */
  length: number
}

/** Tells of one request after another whether it is in a burst: a Markov chain. */
export function createBursts({ share, length }: Bursts, random: Random): () => boolean {
  const stays = 1 - 1 / length
  // As many runs begin as end.
  const begins = share / (1 - share) / length
  let isIn = random() < share
  return () => {
    isIn = random() < (isIn ? stays : begins)
    return isIn
  }
}

export function readBursts(report: Report, path: string, value: unknown): Bursts | undefined {
  if (value === undefined) return undefined
  if (!isFields(value) || value['share'] === undefined || value['length'] === undefined) {
    report(path, '{ share, length }', value, 'Write e.g. { share: 0.01, length: 5 }')
    return undefined
  }
  rejectUnknown(report, path, value, ['share', 'length'])
  const length = readNumber(report, `${path}.length`, value['length'], { whole: false, min: 1 }, 1)
  const share = readShare(report, `${path}.share`, value['share'])
  const most = length / (length + 1)
  if (share > most) {
    const expected = `at most ${most.toFixed(2)}, so that there are gaps`
    report(`${path}.share`, expected, share, 'Lower it, or raise length')
  }
  return { share, length }
}

/** Reads a number from 0 to 1; answers 0 for what is none. */
export function readShare(report: Report, path: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  report(path, 'a number from 0 to 1', value, 'Write 0.05 for 5 %')
  return 0
}
