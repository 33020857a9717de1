import { type Answer, joinText } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import type { Fields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import type { PlanEvent } from '../plan/plan.ts'
import { parseBody, readFlag, readGenerating, resolveUsage } from './body.ts'
import { chunkHabits, createChunks, endChunks, renderUsage } from './chunk.ts'
import type { Dialect } from './dialect.ts'
import { frameEvent, renderStream, renderWhole } from './framing.ts'
import { countPrompt, readPrompts } from './prompts.ts'

/** /v1/completions of vLLM and OpenAI; the choices of a second prompt follow those of the first. */
export const completionsDialect: Dialect = { name: 'openai-completions', readAsk, ...chunkHabits }

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const stream = readFlag(body, 'stream')
  const prompts = readPrompts(body, 'prompt')
  const counts = prompts.map(countPrompt)
  const generating = readGenerating(body)
  return {
    ...generating,
    choices: generating.choices * counts.length,
    // A prefix cache looks at the first.
    prompt: prompts[0] ?? '',
    promptTokens: counts.reduce((sum, tokens) => sum + tokens, 0),
    prompts: counts,
    kinds: [],
    render: (answer) => (stream ? renderChunks(answer, body) : renderCompletion(answer)),
  }
}

function renderChunks(answer: Answer, body: Fields): Rendering {
  const { shape, content, choices } = answer
  const usage = resolveUsage(body, shape)
  const isVllm = shape.chunks === 'vllm'
  const head = { id: `cmpl-${answer.ref}`, object: 'text_completion' }
  const write = createChunks(answer, body, usage, head)
  const choose = (index: number, text: string, finish: string | null): object => ({
    index,
    text,
    logprobs: null,
    finish_reason: finish,
    ...(isVllm && { stop_reason: null, prompt_token_ids: null, token_ids: null }),
  })
  let completed = 0
  const events: PlanEvent[] = content.map((piece, index) => {
    completed += piece.tokens
    const isLast = index >= content.length - choices && shape.finishStyle === 'merged'
    const choice = choose(piece.choice, piece.text, isLast ? answer.finishReason : null)
    return frameEvent(piece.atMs, 'content', write([choice], completed), { tokens: piece.tokens })
  })
  const end = endChunks(answer, usage, write, (index) => choose(index, '', answer.finishReason))
  return renderStream([...events, ...end])
}

function renderCompletion(answer: Answer): Rendering {
  const body = keepKnown({
    id: `cmpl-${answer.ref}`,
    object: 'text_completion',
    created: answer.created,
    model: answer.model,
    choices: Array.from({ length: answer.choices }, (_, index) => ({
      text: joinText(answer, 'text', index),
      index,
      finish_reason: answer.finishReason,
    })),
    usage: answer.shape.usage === 'never' ? undefined : renderUsage(answer),
  })
  return renderWhole(body, answer)
}
