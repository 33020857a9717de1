import type { Choices } from '../bench-spec/choices.ts'
import { keepKnown } from '../bench-spec/known.ts'
import type { Dataset } from '../bench-spec/spec.ts'
import type { RequestRecord } from '../engine/record.ts'
import type { Gauge } from './gauge.ts'
import { mean, quantile, toSample } from './sample.ts'

/** What was asked for of made-up prompts and of their answers, and what came of it. */
export interface Lengths {
  gauge: Gauge
  input: LengthFit
  /** `undefined`: the spec does not ask for a length. */
  output?: LengthFit
}

/** Tokens as asked and as the server counted them, of completed measured requests. */
export interface LengthFit {
  /** Completed requests, and those of them whose count the server told. */
  requests: number
  told: number
  /** Mean of those told, of all where none was. */
  asked: number
  /** Mean; `undefined`: the server told none. */
  got?: number
  /** |got − asked| ÷ asked of a request, nearest rank. */
  errorP50?: number
  errorP95?: number
}

/** Compares what the rows of made-up prompts ask for with what the server counted. Pure. */
export function compareLengths(
  records: readonly RequestRecord[],
  { rows, columns }: Dataset,
  { gauge, findChoices }: { gauge: Gauge; findChoices: (request: { row?: number }) => Choices },
): Lengths {
  const answers = records.filter(
    ({ phase, outcome }) => phase === 'measured' && outcome === 'completed',
  )
  const askedOf = (row: number | undefined, column: string): number =>
    Number(rows[row ?? 0]?.[column])
  return keepKnown<Lengths>({
    gauge,
    input: fit(answers, ({ row, promptTokens }) => ({
      asked: askedOf(row, 'input_tokens'),
      got: promptTokens,
    })),
    output: columns.includes('output_tokens')
      ? fit(answers, (record) => ({
          // Each of several answers may have as many.
          asked: askedOf(record.row, 'output_tokens') * findChoices(record).all,
          got: record.completionTokens,
        }))
      : undefined,
  })
}

function fit(
  answers: readonly RequestRecord[],
  tokensOf: (record: RequestRecord) => { asked: number; got: number | undefined },
): LengthFit {
  const all = answers.map(tokensOf)
  const told = all.flatMap(({ asked, got }) => (got === undefined ? [] : [{ asked, got }]))
  const errors = toSample(told.map(({ asked, got }) => Math.abs(got - asked) / asked))
  const asked = toSample((told.length > 0 ? told : all).map((each) => each.asked))
  const got = toSample(told.map((each) => each.got))
  return keepKnown<LengthFit>({
    requests: all.length,
    told: told.length,
    asked: asked === undefined ? 0 : mean(asked),
    got: got && mean(got),
    errorP50: errors && quantile(errors, 0.5),
    errorP95: errors && quantile(errors, 0.95),
  })
}
