import { createChance } from './chance.ts'
import type { Fuzzer } from './fuzzer.ts'

export interface Outcome {
  /** Cases that were tried. */
  tried: number
  findings: { number: number; message: string }[]
}

/** More of them are likely to say the same. */
const mostFindings = 10

/** Tries the cases from `from` up to `to`, and stops early at `signal` or after ten findings. */
export async function fuzz(
  fuzzer: Fuzzer,
  given: {
    seed: number
    from?: number
    to: number
    signal?: AbortSignal
    onCase?(number: number): void
  },
): Promise<Outcome> {
  const { seed, from = 0, to, signal, onCase } = given
  const trial = await fuzzer.start()
  const outcome: Outcome = { tried: 0, findings: [] }
  try {
    for (let number = from; number < to; number++) {
      if (signal?.aborted === true || outcome.findings.length >= mostFindings) break
      outcome.tried++
      onCase?.(number)
      try {
        await trial.attempt(createChance(seed, fuzzer.name, number), number)
      } catch (error) {
        outcome.findings.push({
          number,
          message: error instanceof Error ? error.message : String(error),
        })
      }
    }
  } finally {
    await trial.end?.()
  }
  return outcome
}
