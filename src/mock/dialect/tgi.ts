import { type Answer, findLastMs, joinText } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import { isFields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import type { PlanEvent } from '../plan/plan.ts'
import type { Refusal } from '../plan/refusal.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import { parseBody, readCount, readFlag, readSampling, refuse } from './body.ts'
import type { Dialect, Failure } from './dialect.ts'
import { renderStream, renderWhole } from './framing.ts'

/** /generate_stream and /generate of text-generation-inference; `/` is either, by `stream`. */
export const tgiDialect: Dialect = {
  name: 'tgi',
  methods: ['POST'],
  readAsk,
  renderError: ({ status, message }: Refusal) => ({
    error: message,
    error_type: errorTypes[status] ?? (status < 500 ? 'validation' : 'generation'),
  }),
  renderFailure: ({ message }: Failure) => {
    const error = `Request failed during generation: ${message}`
    return `data:${JSON.stringify({ error, error_type: 'generation' })}\n\n`
  },
  textKeys: ['text', 'generated_text'],
  usageKeys: { generated: ['generated_tokens'], total: [] },
}

const errorTypes: Readonly<Record<number, string>> = {
  424: 'generation',
  429: 'overloaded',
  500: 'incomplete_generation',
  503: 'overloaded',
}

function readAsk(text: string, { pathname }: { pathname: string }): Ask {
  const body = parseBody(text)
  const { inputs } = body
  if (typeof inputs !== 'string' || inputs === '') refuse('inputs', 'a text')
  const parameters = isFields(body['parameters']) ? body['parameters'] : {}
  const maxTokens = readCount(parameters, 'max_new_tokens', 1)
  const { temperature } = readSampling(parameters)
  const stream = pathname === '/' ? readFlag(body, 'stream') : pathname === '/generate_stream'
  const details = readFlag(parameters, 'details')
  return keepKnown<Ask>({
    prompt: inputs,
    promptTokens: countPromptTokens(inputs),
    maxTokens,
    temperature,
    kinds: [],
    render(answer) {
      if (stream) return renderTokens(answer, details)
      const whole = { generated_text: joinText(answer), ...describeEnd(answer, details) }
      return renderWhole(pathname === '/' ? [whole] : whole, answer)
    },
  })
}

/** Counts come when they are asked for by `parameters.details`, or by the server's own rule. */
function describeEnd(answer: Answer, asked: boolean): object {
  const { usage } = answer.shape
  if (usage === 'never' || (usage === 'asked' && !asked)) return { details: null }
  return {
    details: {
      finish_reason: answer.finishReason === 'stop' ? 'eos_token' : 'length',
      generated_tokens: answer.completionTokens,
      seed: null,
      input_length: answer.promptTokens,
    },
  }
}

function frameToken(index: number, text: string, special: boolean, rest: object): Buffer {
  const token = { id: special ? 2 : 1000 + index, text, logprob: special ? 0 : -0.5, special }
  return Buffer.from(`data:${JSON.stringify({ index, token, ...rest })}\n\n`)
}

/**
 * One event per content. An answer that stops ends with a special token; one that is cut off ends
 * with its last content.
 */
function renderTokens(answer: Answer, details: boolean): Rendering {
  const end = { generated_text: joinText(answer), ...describeEnd(answer, details) }
  const open = { generated_text: null, details: null }
  const isCut = answer.finishReason === 'length'
  const last = answer.content.length
  const events: PlanEvent[] = answer.content.map(({ atMs, text, tokens }, index) => {
    const isFinal = isCut && index === last - 1
    const bytes = frameToken(index + 1, text, false, isFinal ? end : open)
    return { atMs, kind: 'content', bytes, tokens, ...(isFinal && { isFinal }) }
  })
  if (isCut) return renderStream(events)
  const bytes = frameToken(last + 1, '</s>', true, end)
  return renderStream([...events, { atMs: findLastMs(answer), kind: 'done', bytes, tokens: 0 }])
}
