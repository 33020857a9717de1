import type { DiagnosticFacts } from '../../results/wording.ts'
import { formatQuantity } from '../quantity.ts'

type LengthFacts = Extract<DiagnosticFacts, { id: `lengths-${string}` }>

/** What is to be said of the lengths of made-up prompts and of their answers. */
export function explainLengths(facts: LengthFacts): string {
  switch (facts.id) {
    case 'lengths-not-gauged':
      return `How many tokens the server makes of a word could not be found out before the load, ${explainCause(facts)}: prompts were written as if each word were one token.`
    case 'lengths-untold':
      return `None of ${facts.requests} answers said how many tokens ${facts.sides.map((side) => untold[side]).join(' and ')} had, so nobody knows whether that was as asked: ask for usage, for example with stream_options: { include_usage: true }.`
    case 'lengths-missed':
      return `${explainMiss(facts)}: ${adviseOnMiss(facts)}.`
  }
}

const untold = { input: 'its prompt', output: 'the answer' }

function explainCause({
  cause,
  failure,
}: Extract<LengthFacts, { id: 'lengths-not-gauged' }>): string {
  switch (cause) {
    case 'failed':
      return `a request to gauge it failed (${failure})`
    case 'unsent':
      return 'the requests to gauge it were not sent'
    case 'untold':
      return 'its answers told no usage'
    case 'unrelated':
      return 'a longer prompt did not come to more prompt_tokens'
  }
}

function explainMiss({
  side,
  asked,
  got,
  requests,
}: Extract<LengthFacts, { id: 'lengths-missed' }>): string {
  const off = formatQuantity(Math.abs(got - asked) / asked, 'share')
  const what = side === 'input' ? 'Prompts' : 'Answers'
  const means = `${got.toFixed(0)} tokens in the mean of ${requests} requests, ${asked.toFixed(0)} were asked for`
  return `${what} were ${off} ${got < asked ? 'shorter' : 'longer'} than asked, ${means}`
}

function adviseOnMiss({
  side,
  asked,
  got,
}: Extract<LengthFacts, { id: 'lengths-missed' }>): string {
  if (side === 'input') return 'the figures are those of other prompts'
  return got < asked
    ? 'the model stopped by itself, so let it not, with ignore_eos: true or min_tokens: "{{output_tokens}}" where the server has it'
    : 'limit them with max_tokens: "{{output_tokens}}"'
}
