import {
  type Answer,
  type Content,
  explainFinish,
  findFirstMs,
  joinText,
  listCalls,
  nameCall,
} from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import type { Fields } from '../plan/fields.ts'
import type { PlanEvent } from '../plan/plan.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import { parseBody, readFlag, readGenerating, readMessages, resolveUsage } from './body.ts'
import { chunkHabits, createChunks, endChunks, renderUsage } from './chunk.ts'
import type { Dialect } from './dialect.ts'
import { frameEvent, renderStream, renderWhole } from './framing.ts'

/** /v1/chat/completions of vLLM and OpenAI. */
export const chatDialect: Dialect = { name: 'openai-chat', readAsk, ...chunkHabits }

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const prompt = readMessages(body, 'messages')
  const stream = readFlag(body, 'stream')
  return {
    ...readGenerating(body),
    prompt,
    promptTokens: countPromptTokens(prompt),
    kinds: ['reasoning', 'tool_call'],
    render: (answer) => (stream ? renderChunks(answer, body) : renderCompletion(answer)),
  }
}

function renderChunks(answer: Answer, body: Fields): Rendering {
  const { shape, content, choices } = answer
  const usage = resolveUsage(body, shape)
  const isVllm = shape.chunks === 'vllm'
  const head = { id: `chatcmpl-${answer.ref}`, object: 'chat.completion.chunk' }
  const write = createChunks(answer, body, usage, head)
  const delta = { role: 'assistant', content: '', ...(!isVllm && { refusal: null }) }
  const roleAtMs = shape.roleChunk === 'accept' ? 0 : findFirstMs(answer)
  const events: PlanEvent[] = Array.from({ length: choices }, (_, index) => {
    const role = write([choose(index, delta, null)], 0)
    return frameEvent(roleAtMs, 'lifecycle', isVllm ? { ...role, prompt_token_ids: null } : role)
  })
  const finish = explainFinish(answer)
  let completed = 0
  for (const [index, piece] of content.entries()) {
    completed += piece.tokens
    const isLast = index >= content.length - choices
    const merged = isLast && shape.finishStyle === 'merged'
    const choice = {
      ...choose(piece.choice, renderDelta(piece, answer), merged ? finish : null),
      ...(isVllm && merged && { stop_reason: null }),
      ...(isVllm && { token_ids: null }),
    }
    events.push(
      frameEvent(piece.atMs, 'content', write([choice], completed), {
        tokens: piece.tokens,
        reasoning: piece.kind === 'reasoning',
      }),
    )
  }
  const end = endChunks(answer, usage, write, (index) => ({
    ...choose(index, {}, finish),
    ...(isVllm && { stop_reason: null, token_ids: null }),
  }))
  return renderStream([...events, ...end])
}

function choose(index: number, delta: object, finish: string | null): object {
  return { index, delta, logprobs: null, finish_reason: finish }
}

function renderDelta({ kind, text, choice, call }: Content, answer: Answer): object {
  if (kind === 'reasoning') return renderReasoning(text, answer)
  if (call === undefined) return { content: text }
  const { index, name, isFirst } = call
  const opening = isFirst
    ? { id: nameCall(answer, choice, index), type: 'function', function: { name, arguments: text } }
    : { function: { arguments: text } }
  return { tool_calls: [{ index, ...opening }] }
}

function renderReasoning(text: string, { shape }: Answer): object {
  const { field } = shape.reasoning
  return field === 'both' ? { reasoning: text, reasoning_content: text } : { [field]: text }
}

function renderCompletion(answer: Answer): Rendering {
  const { shape } = answer
  const choices = Array.from({ length: answer.choices }, (_, index) => {
    const text = joinText(answer, 'text', index)
    const thought = joinText(answer, 'reasoning', index)
    const calls = listCalls(answer, index).map(({ id, name, argumentsJson }) => ({
      id,
      type: 'function',
      function: { name, arguments: argumentsJson },
    }))
    const message = {
      role: 'assistant',
      content: text === '' ? null : text,
      ...(shape.chunks === 'openai' && { refusal: null }),
      ...(thought !== '' && renderReasoning(thought, answer)),
      ...(calls.length > 0 && { tool_calls: calls }),
    }
    return {
      index,
      message,
      ...(shape.chunks === 'openai' && { logprobs: null }),
      finish_reason: explainFinish(answer),
    }
  })
  const body = {
    id: `chatcmpl-${answer.ref}`,
    object: 'chat.completion',
    created: answer.created,
    model: answer.model,
    choices,
    ...(shape.usage !== 'never' && { usage: renderUsage(answer) }),
    ...(shape.chunks === 'openai' && { service_tier: 'default', system_fingerprint: 'fp_mock' }),
  }
  return renderWhole(body, answer)
}
