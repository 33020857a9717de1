import type { Dataset } from '../bench-spec/spec.ts'
import type { LengthFit, Lengths } from '../metrics/lengths.ts'
import type { Results } from './results-document.ts'
import { orNull, significant } from './rounding.ts'

type SyntheticDocument = NonNullable<NonNullable<Results['dataset']>['synthetic']>

/** How made-up prompts came out, as it stands in `results.json`. */
export function toSynthetic(
  { synthetic }: Dataset,
  lengths: Lengths | undefined,
): SyntheticDocument | null {
  if (lengths === undefined) return null
  const { gauge, input, output } = lengths
  return {
    shared_prefix: synthetic?.sharedPrefix ?? 0,
    groups: synthetic?.groups ?? 1,
    gauge: gauge.kind,
    tokens_per_word: significant(gauge.rate.tokensPerWord),
    overhead: significant(gauge.rate.overhead),
    input: toFit(input),
    output: output === undefined ? null : toFit(output),
  }
}

function toFit({
  requests,
  told,
  asked,
  got,
  errorP50,
  errorP95,
}: LengthFit): SyntheticDocument['input'] {
  return {
    requests,
    told,
    asked: significant(asked),
    got: orNull(got, significant),
    error_p50: orNull(errorP50, significant),
    error_p95: orNull(errorP95, significant),
  }
}
