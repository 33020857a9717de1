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
import { keepKnown } from '../plan/known.ts'
import type { PlanEvent } from '../plan/plan.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import {
  endsWithResult,
  parseBody,
  readFlag,
  readGenerating,
  readMessages,
  readOwnMessages,
  resolveUsage,
} from './body.ts'
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
    said: readOwnMessages(body, 'messages'),
    promptTokens: countPromptTokens(prompt),
    kinds: endsWithResult(body) ? ['reasoning'] : ['reasoning', 'tool_call'],
    render: (answer) => (stream ? renderChunks(answer, body) : renderCompletion(answer)),
  }
}

function renderChunks(answer: Answer, body: Fields): Rendering {
  const { shape, content, choices } = answer
  const usage = resolveUsage(body, shape)
  const isVllm = shape.chunks === 'vllm'
  const head = { id: `chatcmpl-${answer.ref}`, object: 'chat.completion.chunk' }
  const write = createChunks(answer, body, usage, head)
  const refusal = isVllm ? undefined : null
  const delta = keepKnown({ role: 'assistant', content: '', refusal })
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
  const end = endChunks(answer, usage, write, (index) =>
    keepKnown({
      ...choose(index, {}, finish),
      stop_reason: isVllm ? null : undefined,
      token_ids: isVllm ? null : undefined,
    }),
  )
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

function renderReasoning(text: string | undefined, { shape }: Answer): object {
  const { field } = shape.reasoning
  return field === 'both' ? { reasoning: text, reasoning_content: text } : { [field]: text }
}

function renderCompletion(answer: Answer): Rendering {
  const { shape } = answer
  const isOpenai = shape.chunks === 'openai'
  const choices = Array.from({ length: answer.choices }, (_, index) => {
    const text = joinText(answer, 'text', index)
    const thought = joinText(answer, 'reasoning', index)
    const calls = listCalls(answer, index).map(({ id, name, argumentsJson }) => ({
      id,
      type: 'function',
      function: { name, arguments: argumentsJson },
    }))
    const message = keepKnown({
      role: 'assistant',
      content: text === '' ? null : text,
      refusal: isOpenai ? null : undefined,
      ...renderReasoning(thought === '' ? undefined : thought, answer),
      tool_calls: calls.length > 0 ? calls : undefined,
    })
    return keepKnown({
      index,
      message,
      logprobs: isOpenai ? null : undefined,
      finish_reason: explainFinish(answer),
    })
  })
  const body = keepKnown({
    id: `chatcmpl-${answer.ref}`,
    object: 'chat.completion',
    created: answer.created,
    model: answer.model,
    choices,
    usage: shape.usage === 'never' ? undefined : renderUsage(answer),
    service_tier: isOpenai ? 'default' : undefined,
    system_fingerprint: isOpenai ? 'fp_mock' : undefined,
  })
  return renderWhole(body, answer)
}
