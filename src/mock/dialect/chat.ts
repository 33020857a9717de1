import { countPromptTokens } from '../content.ts'
import { isFields } from '../fields.ts'
import type { PlanEvent } from '../plan.ts'
import { Refusal } from '../refusal.ts'
import { parseBody, readSampling, readStreamFlag, readUsageWish, resolveUsage } from './body.ts'
import type { UsageWish } from './body.ts'
import {
  firstAtMs,
  frameEvent,
  joinContent,
  lastAtMs,
  renderStream,
  renderTotal,
  renderUsage,
  renderWhole,
} from './dialect.ts'
import type { Answer, Ask, Dialect, Rendering } from './dialect.ts'

/** vLLM's /v1/chat/completions. */
export const chatDialect: Dialect = { name: 'openai-chat', methods: ['POST'], readAsk }

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const messages = body['messages']
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new Refusal(400, '1 validation error:\n  messages must be a list of messages', {
      param: 'body.messages',
    })
  }
  const stream = readStreamFlag(body)
  const wish = readUsageWish(body)
  const prompt = messages.map(readText).join('\n')
  return {
    ...readSampling(body),
    prompt,
    promptTokens: countPromptTokens(prompt),
    render: (answer) => (stream ? renderChunks(answer, wish) : renderCompletion(answer)),
  }
}

/** The text of a message; of a list of parts that of its text parts. */
function readText(message: unknown): string {
  const content = isFields(message) ? message['content'] : undefined
  const parts: unknown[] = Array.isArray(content) ? content : [{ text: content }]
  return parts
    .map((part) => (isFields(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('')
}

function renderChunks(answer: Answer, wish: UsageWish): Rendering {
  const usage = resolveUsage(wish, answer.usage)
  const chunk = (choices: readonly unknown[], extra: object): object => ({
    id: `chatcmpl-${answer.ref}`,
    object: 'chat.completion.chunk',
    created: answer.created,
    model: answer.model,
    choices,
    ...extra,
  })
  const running = (completed: number): object =>
    usage === 'continuous' ? { usage: renderUsage(answer.promptTokens, completed) } : {}

  const role = { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null }
  const roleAtMs = answer.roleChunk === 'accept' ? 0 : firstAtMs(answer)
  const events: PlanEvent[] = [
    frameEvent(
      roleAtMs,
      'lifecycle',
      chunk([{ ...role, finish_reason: null }], { prompt_token_ids: null, ...running(0) }),
    ),
  ]
  let completed = 0
  for (const [index, { text, tokens, atMs }] of answer.content.entries()) {
    completed += tokens
    const finish =
      index === answer.content.length - 1
        ? { finish_reason: answer.finishReason, stop_reason: null }
        : { finish_reason: null }
    const choice = { index: 0, delta: { content: text }, logprobs: null, ...finish }
    const payload = chunk([{ ...choice, token_ids: null }], running(completed))
    events.push(frameEvent(atMs, 'content', payload, tokens))
  }
  const endAtMs = lastAtMs(answer)
  if (usage !== 'none') {
    const total = { usage: renderTotal(answer) }
    events.push(frameEvent(endAtMs, 'usage', chunk([], total)))
  }
  events.push(frameEvent(endAtMs, 'done', '[DONE]'))
  return renderStream(events)
}

function renderCompletion(answer: Answer): Rendering {
  const message = { role: 'assistant', content: joinContent(answer) }
  const body = {
    id: `chatcmpl-${answer.ref}`,
    object: 'chat.completion',
    created: answer.created,
    model: answer.model,
    choices: [{ index: 0, message, finish_reason: answer.finishReason }],
    ...(answer.usage === 'never' ? {} : { usage: renderTotal(answer) }),
  }
  return renderWhole(body, answer)
}
