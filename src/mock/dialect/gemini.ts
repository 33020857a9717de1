import { type Answer, findLastMs, listBlocks, type ToolCall } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import { isFields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import type { PlanEvent } from '../plan/plan.ts'
import type { Refusal } from '../plan/refusal.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import { parseBody, readCount, readMessages, readSampling, readSystem } from './body.ts'
import type { Dialect, Failure, Route } from './dialect.ts'
import { renderStream, renderWhole } from './framing.ts'

const target = /^\/v1beta\/models\/([^/:]+):(streamGenerateContent|generateContent)$/

export function isGemini(pathname: string): boolean {
  return target.test(pathname)
}

/**
 * Gemini's /v1beta/models/{model}:streamGenerateContent, server-sent events with `?alt=sse` and one
 * JSON array in pieces without it, and :generateContent.
 */
export const geminiDialect: Dialect = {
  name: 'gemini',
  methods: ['POST'],
  key: { header: 'x-goog-api-key', query: 'key' },
  readAsk,
  renderError: ({ status, message }: Refusal) => describe(status, message),
  renderFailure,
  textKeys: ['text'],
  usageKeys: {
    generated: ['candidatesTokenCount', 'thoughtsTokenCount'],
    total: ['totalTokenCount'],
  },
}

const states: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

function describe(code: number, message: string): object {
  const fallback = code < 500 ? 'FAILED_PRECONDITION' : 'INTERNAL'
  return { error: { code, message, status: states[code] ?? fallback } }
}

/** In server-sent events it is a bare object, with no `data:` before it. */
function renderFailure({ message, frame, position }: Failure): string {
  const error = JSON.stringify(describe(500, message), null, 2)
  if (frame === 'array') return `${position === 0 ? '[' : '\n,\n'}${error}\n]`
  return `${error}\n\n`
}

function readAsk(text: string, { pathname, query }: Route): Ask {
  const [, model = '', method] = target.exec(pathname) ?? []
  const body = parseBody(text)
  const system = body['systemInstruction'] ?? body['system_instruction']
  const lead = readSystem(isFields(system) ? system['parts'] : system)
  const prompt = `${lead}${readMessages(body, 'contents', 'parts')}`
  const config = isFields(body['generationConfig']) ? body['generationConfig'] : {}
  const { temperature } = readSampling(config)
  const maxTokens = readCount(config, 'maxOutputTokens', 1)
  const choices = readCount(config, 'candidateCount', 1)
  return keepKnown<Ask>({
    model: decodeURIComponent(model),
    prompt,
    promptTokens: countPromptTokens(prompt),
    temperature,
    maxTokens,
    choices,
    kinds: ['reasoning', 'tool_call'],
    render(answer) {
      if (method === 'generateContent') return renderWhole(renderAll(answer), answer)
      return query.get('alt') === 'sse'
        ? renderStream(listChunks(answer).map(frameSse))
        : renderArray(answer)
    },
  })
}

/** A chunk before it is framed. */
interface Chunk {
  atMs: number
  kind: PlanEvent['kind']
  payload: object
  tokens: number
  reasoningTokens: number
}

/** A chunk for each content, whole tool calls, and a last one with the finish reasons. */
function listChunks(answer: Answer): Chunk[] {
  const pieces = Array.from({ length: answer.choices }, (_, choice) =>
    listBlocks(answer, choice).flatMap(({ kind, call, tokens: all, contents }) => {
      if (call !== undefined) {
        const { atMs } = contents.at(-1)!
        return [{ atMs, choice, tokens: all, thought: 0, part: renderCall(call) }]
      }
      return contents.map(({ atMs, text, tokens }) => {
        const isThought = kind === 'reasoning'
        const part = isThought ? { text, thought: true } : { text }
        return { atMs, choice, tokens, thought: isThought ? tokens : 0, part }
      })
    }),
  )
    .flat()
    .sort((left, right) => left.atMs - right.atMs)

  let tokens = 0
  let thought = 0
  const chunks = pieces.map((piece): Chunk => {
    tokens += piece.tokens
    thought += piece.thought
    const candidate = { content: { parts: [piece.part], role: 'model' }, index: piece.choice }
    const payload = describeChunk(answer, [candidate], tokens, thought)
    const { atMs } = piece
    return { atMs, kind: 'content', payload, tokens: piece.tokens, reasoningTokens: piece.thought }
  })
  const candidates = Array.from({ length: answer.choices }, (_, index) => ({
    content: { parts: [{ text: '' }], role: 'model' },
    finishReason: explainFinish(answer),
    index,
  }))
  const payload = describeChunk(answer, candidates, tokens, thought)
  const atMs = findLastMs(answer)
  return [...chunks, { atMs, kind: 'done', payload, tokens: 0, reasoningTokens: 0 }]
}

function explainFinish({ finishReason }: Answer): 'STOP' | 'MAX_TOKENS' {
  return finishReason === 'stop' ? 'STOP' : 'MAX_TOKENS'
}

function renderCall({ name, argumentsJson }: ToolCall): object {
  return { functionCall: { name, args: JSON.parse(argumentsJson) } }
}

function describeChunk(
  { promptTokens, cachedTokens, model, ref, shape }: Answer,
  candidates: readonly object[],
  tokens: number,
  thought: number,
): object {
  const usage = {
    promptTokenCount: promptTokens,
    ...(cachedTokens > 0 && { cachedContentTokenCount: cachedTokens }),
    candidatesTokenCount: tokens - thought,
    ...(thought > 0 && { thoughtsTokenCount: thought }),
    totalTokenCount: promptTokens + tokens,
  }
  return {
    candidates,
    ...(shape.usage !== 'never' && { usageMetadata: usage }),
    modelVersion: model,
    responseId: ref,
  }
}

function frameSse({ payload, ...chunk }: Chunk): PlanEvent {
  return { ...chunk, bytes: Buffer.from(`data: ${JSON.stringify(payload)}\n\n`) }
}

function renderArray(answer: Answer): Rendering {
  const chunks = listChunks(answer)
  const last = chunks.length - 1
  return {
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    headersAtMs: 0,
    events: chunks.map(({ payload, ...chunk }, index) => {
      const text = `${index === 0 ? '[' : '\n,\n'}${JSON.stringify(payload)}`
      return { ...chunk, bytes: Buffer.from(index === last ? `${text}\n]` : text) }
    }),
  }
}

function renderAll(answer: Answer): object {
  const { completionTokens, reasoningTokens } = answer
  const candidates = Array.from({ length: answer.choices }, (_, index) => {
    const parts = listBlocks(answer, index).map(({ kind, call, text }) => {
      if (call !== undefined) return renderCall(call)
      return kind === 'reasoning' ? { text, thought: true } : { text }
    })
    return { content: { parts, role: 'model' }, finishReason: explainFinish(answer), index }
  })
  return describeChunk(answer, candidates, completionTokens, reasoningTokens)
}
