import type { Accuracy } from './accuracy.ts'
import { quantileOf } from './comparison.ts'
import type { Trial } from './trial.ts'

/** Something that sends a load. */
export interface Candidate {
  name: string
  version: string
  /** @throws Error when what it counted is not what the server did. */
  measure(trial: Trial): Promise<Accuracy>
}

/** What one repetition gave: figures, or why there are none. */
export type Repetition = { accuracy: Accuracy } | { error: string }

/** Of one client under one load. */
export interface Series {
  trial: Trial
  name: string
  version: string
  repetitions: readonly Repetition[]
}

/**
 * Measures the candidates one after the other, and all of them again for every repetition, so that a
 * machine that changes its pace does so for all. `onDone` is told of each one.
 */
export async function runBenchmark(
  candidates: readonly Candidate[],
  trials: readonly Trial[],
  repetitions: number,
  onDone: (trial: Trial, name: string, repetition: Repetition) => void,
): Promise<Series[]> {
  const all: Series[] = []
  for (const trial of trials) {
    const series = candidates.map(({ name, version }) => ({
      trial,
      name,
      version,
      repetitions: [] as Repetition[],
    }))
    for (let i = 0; i < repetitions; i++) {
      for (const [place, candidate] of candidates.entries()) {
        const repetition = await candidate.measure(trial).then(
          (accuracy): Repetition => ({ accuracy }),
          (error: unknown): Repetition => ({
            error: error instanceof Error ? error.message : String(error),
          }),
        )
        series[place]?.repetitions.push(repetition)
        onDone(trial, candidate.name, repetition)
      }
    }
    all.push(...series)
  }
  return all
}

/** Median of the repetitions that count, with the least and the most of them. */
export interface Spread {
  median: number
  least: number
  most: number
}

/** `undefined`: no repetition counts, or none has the figure. */
export function spreadOf(series: Series, figure: keyof Accuracy): Spread | undefined {
  const values = series.repetitions
    .flatMap((one) => ('accuracy' in one ? one.accuracy[figure] : []))
    .filter((value) => !Number.isNaN(value))
  if (values.length === 0) return undefined
  return {
    median: quantileOf(values, 0.5),
    least: Math.min(...values),
    most: Math.max(...values),
  }
}
