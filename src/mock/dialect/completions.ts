import { countPromptTokens } from '../content.ts'
import type { PlanEvent } from '../plan.ts'
import { Refusal } from '../refusal.ts'
import { parseBody, readSampling, readStreamFlag, readUsageWish, resolveUsage } from './body.ts'
import type { UsageWish } from './body.ts'
import {
  frameEvent,
  joinContent,
  lastAtMs,
  renderStream,
  renderTotal,
  renderUsage,
  renderWhole,
} from './dialect.ts'
import type { Answer, Ask, Dialect, Rendering } from './dialect.ts'

/** vLLM's /v1/completions. */
export const completionsDialect: Dialect = {
  name: 'openai-completions',
  methods: ['POST'],
  readAsk,
}

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const stream = readStreamFlag(body)
  const wish = readUsageWish(body)
  return {
    ...readSampling(body),
    ...readPrompt(body['prompt']),
    render: (answer) => (stream ? renderChunks(answer, wish) : renderCompletion(answer)),
  }
}

/** A prompt: a text, a list with one text, or a list of token ids. */
function readPrompt(prompt: unknown): Pick<Ask, 'prompt' | 'promptTokens'> {
  const [text] = Array.isArray(prompt) && prompt.length === 1 ? prompt : [prompt]
  if (typeof text === 'string') return { prompt: text, promptTokens: countPromptTokens(text) }
  if (isIds(prompt)) return { prompt, promptTokens: prompt.length }
  throw new Refusal(400, '1 validation error:\n  prompt must be one text or a list of token ids', {
    param: 'body.prompt',
  })
}

function isIds(prompt: unknown): prompt is number[] {
  return (
    Array.isArray(prompt) && prompt.length > 0 && prompt.every((id) => Number.isSafeInteger(id))
  )
}

function renderChunks(answer: Answer, wish: UsageWish): Rendering {
  const usage = resolveUsage(wish, answer.usage)
  const chunk = (choices: readonly unknown[], spent: object | undefined): object => ({
    id: `cmpl-${answer.ref}`,
    object: 'text_completion',
    created: answer.created,
    model: answer.model,
    choices,
    ...(spent === undefined ? {} : { usage: spent }),
  })
  let completed = 0
  const events: PlanEvent[] = answer.content.map(({ text, tokens, atMs }, index) => {
    completed += tokens
    const last = index === answer.content.length - 1
    const choice = {
      index: 0,
      text,
      logprobs: null,
      finish_reason: last ? answer.finishReason : null,
      stop_reason: null,
      prompt_token_ids: null,
      token_ids: null,
    }
    const spent = usage === 'continuous' ? renderUsage(answer.promptTokens, completed) : undefined
    const payload = chunk([choice], spent)
    return frameEvent(atMs, 'content', payload, tokens)
  })
  const endAtMs = lastAtMs(answer)
  if (usage !== 'none') events.push(frameEvent(endAtMs, 'usage', chunk([], renderTotal(answer))))
  events.push(frameEvent(endAtMs, 'done', '[DONE]'))
  return renderStream(events)
}

function renderCompletion(answer: Answer): Rendering {
  const body = {
    id: `cmpl-${answer.ref}`,
    object: 'text_completion',
    created: answer.created,
    model: answer.model,
    choices: [{ text: joinContent(answer), index: 0, finish_reason: answer.finishReason }],
    ...(answer.usage === 'never' ? {} : { usage: renderTotal(answer) }),
  }
  return renderWhole(body, answer)
}
