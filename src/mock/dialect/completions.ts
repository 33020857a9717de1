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
    promptTokens: measurePrompt(body['prompt']),
    render: (answer) => (stream ? renderChunks(answer, wish) : renderCompletion(answer)),
  }
}

/** Tokens of a prompt: a text, a list with one text, or a list of token ids. */
function measurePrompt(prompt: unknown): number {
  if (typeof prompt === 'string') return countPromptTokens(prompt)
  if (Array.isArray(prompt)) {
    const [first] = prompt
    if (prompt.length === 1 && typeof first === 'string') return countPromptTokens(first)
    if (prompt.length > 0 && prompt.every((id) => Number.isSafeInteger(id))) return prompt.length
  }
  throw new Refusal(400, '1 validation error:\n  prompt must be one text or a list of token ids', {
    param: 'body.prompt',
  })
}

function renderChunks(answer: Answer, wish: UsageWish): Rendering {
  const usage = resolveUsage(wish, answer.usage)
  const chunk = (choices: readonly unknown[], completed: number, withUsage: boolean): object => ({
    id: `cmpl-${answer.ref}`,
    object: 'text_completion',
    created: answer.created,
    model: answer.model,
    choices,
    ...(withUsage ? { usage: renderUsage(answer.promptTokens, completed) } : {}),
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
    const payload = chunk([choice], completed, usage === 'continuous')
    return frameEvent(atMs, 'content', payload, tokens)
  })
  const endAtMs = lastAtMs(answer)
  if (usage !== 'none') events.push(frameEvent(endAtMs, 'usage', chunk([], completed, true)))
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
    ...(answer.usage === 'never'
      ? {}
      : { usage: renderUsage(answer.promptTokens, answer.completionTokens) }),
  }
  return renderWhole(body, answer)
}
