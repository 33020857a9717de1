import {
  type Answer,
  type ContentKind,
  findFirstMs,
  findLastMs,
  joinText,
  listBlocks,
  listCalls,
  type ToolCall,
} from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import { type Fields, isFields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import type { PlanEvent } from '../plan/plan.ts'
import type { Refusal } from '../plan/refusal.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import {
  parseBody,
  readCount,
  readFlag,
  readMessages,
  readSampling,
  readSystem,
  refuse,
} from './body.ts'
import type { Dialect, Failure } from './dialect.ts'
import { frameLine, renderLines, renderWhole } from './framing.ts'

/** Ollama's /api/chat and /api/generate. */
export const ollamaDialect: Dialect = {
  name: 'ollama',
  methods: ['POST'],
  readAsk: (text, { pathname }) =>
    pathname === '/api/generate'
      ? readGenerate(text)
      : readRequest(text, (body) => readMessages(body, 'messages'), sayInMessage),
  renderError: ({ message }: Refusal) => ({ error: message }),
  renderFailure: ({ message }: Failure) => `${JSON.stringify({ error: message })}\n`,
  textKeys: ['content', 'response', 'thinking'],
  usageKeys: { generated: ['eval_count'], total: [] },
}

/** Where a line has its text, reasoning or tool calls. */
type Say = (kind: ContentKind | 'nothing', text: string, calls?: readonly object[]) => object

const sayInMessage: Say = (kind, text, calls) => ({
  message: {
    role: 'assistant',
    content: kind === 'text' ? text : '',
    ...(kind === 'reasoning' && { thinking: text }),
    ...(calls !== undefined && { tool_calls: calls }),
  },
})

const sayInResponse: Say = (kind, text) => ({
  response: kind === 'text' ? text : '',
  ...(kind === 'reasoning' && { thinking: text }),
})

function readGenerate(text: string): Ask {
  const ask = readRequest(text, readPrompt, sayInResponse)
  return { ...ask, kinds: ['reasoning'] }
}

function readPrompt({ system, prompt }: Fields): string {
  return typeof prompt === 'string' ? readSystem(system) + prompt : refuse('prompt', 'a text')
}

function readRequest(text: string, readInput: (body: Fields) => string, say: Say): Ask {
  const body = parseBody(text)
  const prompt = readInput(body)
  const { model } = readSampling(body)
  if (model === undefined) refuse('model', 'given')
  const options = isFields(body['options']) ? body['options'] : {}
  const { temperature } = readSampling(options)
  const maxTokens = options['num_predict'] === -1 ? undefined : readCount(options, 'num_predict', 1)
  const stream = readFlag(body, 'stream', true)
  return keepKnown<Ask>({
    model,
    prompt,
    promptTokens: countPromptTokens(prompt),
    temperature,
    maxTokens,
    kinds: ['reasoning', 'tool_call'],
    render: (answer) => (stream ? renderLineStream(answer, say) : renderObject(answer, say)),
  })
}

function describeAt({ created, model }: Answer, atMs: number): object {
  return { model, created_at: new Date(created * 1000 + atMs).toISOString() }
}

function renderLineStream(answer: Answer, say: Say): Rendering {
  const events = listBlocks(answer).flatMap(
    ({ kind, call, tokens: all, contents }): PlanEvent[] => {
      if (call === undefined) {
        return contents.map(({ atMs, text, tokens }) =>
          frameLine(
            atMs,
            'content',
            { ...describeAt(answer, atMs), ...say(kind, text), done: false },
            { tokens, reasoning: kind === 'reasoning' },
          ),
        )
      }
      // A tool call comes whole.
      const { atMs } = contents.at(-1)!
      const line = {
        ...describeAt(answer, atMs),
        ...say(kind, '', [renderCall(call)]),
        done: false,
      }
      return [frameLine(atMs, 'content', line, { tokens: all })]
    },
  )
  const endAtMs = findLastMs(answer)
  const end = { ...describeAt(answer, endAtMs), ...say('nothing', ''), ...describeEnd(answer) }
  return renderLines([...events, frameLine(endAtMs, 'done', end)])
}

function renderCall({ name, argumentsJson }: ToolCall): object {
  return { function: { name, arguments: JSON.parse(argumentsJson) } }
}

function roundToNs(ms: number): number {
  return Math.round(ms * 1e6)
}

/** Durations are in ns. */
function describeEnd(answer: Answer): object {
  const end = { done: true, done_reason: answer.finishReason }
  if (answer.shape.usage === 'never') return end
  const first = findFirstMs(answer)
  const last = findLastMs(answer)
  return {
    ...end,
    total_duration: roundToNs(last),
    load_duration: 0,
    prompt_eval_count: answer.promptTokens,
    prompt_eval_duration: roundToNs(first),
    eval_count: answer.completionTokens,
    eval_duration: roundToNs(last - first),
  }
}

function renderObject(answer: Answer, say: Say): Rendering {
  const thought = joinText(answer, 'reasoning')
  const calls = listCalls(answer).map(renderCall)
  const text = joinText(answer)
  const said = say('text', text, calls.length > 0 ? calls : undefined)
  const body = {
    ...describeAt(answer, findLastMs(answer)),
    ...(thought === '' ? said : addThought(said, thought)),
    ...describeEnd(answer),
  }
  return renderWhole(body, answer)
}

function addThought(said: object, thinking: string): object {
  return 'message' in said
    ? { message: { ...(said.message as object), thinking } }
    : { ...said, thinking }
}
