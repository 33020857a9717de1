import { keepKnown } from '../bench-spec/known.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { LengthFit, Lengths } from './lengths.ts'

/** By how much the mean may be off, as a share of what was asked. */
const tolerated = 0.1

/** What is to be said of the lengths of made-up prompts and of their answers. */
export function diagnoseLengths({ gauge, input, output }: Lengths): Diagnostic[] {
  return [
    ...(gauge.kind === 'told' || (gauge.cause.kind === 'untold' && input.told === 0)
      ? []
      : [
          keepKnown<Extract<Diagnostic, { id: 'lengths-not-gauged' }>>({
            id: 'lengths-not-gauged',
            level: 'warn',
            cause: gauge.cause.kind,
            failure: gauge.cause.kind === 'failed' ? gauge.cause.message : undefined,
          }),
        ]),
    ...checkTold(input, output),
    ...checkFit('input', input),
    ...(output === undefined ? [] : checkFit('output', output)),
  ]
}

function checkTold(input: LengthFit, output: LengthFit | undefined): Diagnostic[] {
  const { requests } = input
  const sides = [
    ...(input.told === 0 ? ['input' as const] : []),
    ...(output?.told === 0 ? ['output' as const] : []),
  ]
  if (requests === 0 || sides.length === 0) return []
  return [{ id: 'lengths-untold', level: 'warn', sides, requests }]
}

function checkFit(side: 'input' | 'output', { told, asked, got }: LengthFit): Diagnostic[] {
  if (got === undefined || Math.abs(got - asked) <= tolerated * asked) return []
  return [{ id: 'lengths-missed', level: 'warn', side, asked, got, requests: told }]
}
