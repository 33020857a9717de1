import type { BenchDocument } from './bench-document.ts'
import { describeDistribution, readDistribution } from './distribution-reading.ts'
import type { Distribution } from './distribution.ts'
import type { Report } from './issue.ts'
import { describeObject, type JsonSchema } from './json-schema.ts'
import { keepKnown } from './known.ts'
import { readResult, SessionError } from './session-reading.ts'
import { scriptTools, type ToolResult, wholeCells } from './session.ts'
import type { Conversation, Dataset } from './spec.ts'

/** Results of tools in a row that one turn may take. */
const mostSteps = 8

/** How the sessions of a conversation are held. */
export const conversationSchema: JsonSchema = describeObject(
  {
    think_time: describeDistribution(
      'ms',
      'Time from the end of an answer to the next turn; a turn of the data may have its own.',
      { examples: ['2s', { dist: 'lognormal', mean: '4s', cv: 0.8 }] },
    ),
    tool_result: {
      description:
        'What a tool gives that an answer calls, or what each gives by its name, `*` any other; a turn of the data may have its own. Default: calls are left unanswered, and out of what is said on.',
      examples: ['{"ok": true}', { get_weather: '{"sky": "clear"}', '*': '' }],
      anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }],
    },
    tool_steps: {
      description:
        'Requests of a turn that are kept for results of tools: each is sent when the answer before calls one.',
      type: 'integer',
      minimum: 0,
      maximum: mostSteps,
      default: 1,
      examples: [2],
    },
  },
  {
    description: 'How conversations are held, with `data_source: { type: conversations }`.',
    examples: [{ think_time: '2s' }],
  },
)

/** Where conversations and other keys of a document do not go together. */
export function checkConversation(document: Partial<BenchDocument>, report: Report): void {
  const talks = document.data_source?.type === 'conversations'
  if (!talks) {
    const advice =
      'is of conversations. Add data_source: { type: conversations, file: … }, or remove'
    for (const key of ['conversation', 'sessions'] as const) {
      if (document[key] !== undefined) report([key], `${advice} ${key}.`, 'key')
    }
    return
  }
  const bodies = [['body'], ['baseline', 'body']] as const
  for (const path of bodies) {
    const body = path[0] === 'body' ? document.body : document.baseline?.body
    if (path[0] === 'baseline' && body === undefined) continue
    if (wholeCells.some((name) => JSON.stringify(body ?? '').includes(`{{${name}}}`))) continue
    const message =
      'sends nothing of the conversations. Write messages: "{{messages}}" in it (Gemini: contents: "{{contents}}").'
    report(path, message)
  }
  if (
    document.sessions !== undefined &&
    (document.requests ?? document.total_requests) !== undefined
  ) {
    const message = 'and requests both say how many conversations there are. Remove one of them.'
    report(['sessions'], message, 'key')
  }
  if (document.cancel !== undefined) {
    const message =
      'and conversations cannot be had together: a client that leaves a turn says nothing more, and which turns are sent would hang on it. Remove one of them.'
    report(['cancel'], message, 'key')
  }
  if (document.abort === 'certain') {
    const message =
      'certain needs a number of requests that is known before the run, and a conversation that breaks off has fewer. Remove it.'
    report(['abort'], message)
  }
  if (document.stages !== undefined) {
    const message =
      'have levels of requests, and a conversation may outlast its stage. Remove stages, and ask for a concurrency or a rate; a matrix runs one after the other.'
    report(['stages'], message, 'key')
  }
}

/** How the conversations of a document are held, and its data with what tools give. */
export interface Talk {
  conversation: Conversation
  dataset: Dataset | undefined
}

/** `undefined` without conversations. `dataset`: as it was loaded; `undefined` where it cannot be used. */
export function readConversation(
  { conversation = {}, data_source: source, stream_format: format, body }: Partial<BenchDocument>,
  dataset: Dataset | undefined,
  report: Report,
): Talk | undefined {
  if (source?.type !== 'conversations') return undefined
  const { think_time: think, tool_result: written, tool_steps: steps } = conversation
  if (written === undefined && steps !== undefined) {
    const message = 'needs a tool_result, which is what they send. Add one, or remove tool_steps.'
    report(['conversation', 'tool_steps'], message, 'key')
  }
  const dialect = typeof format === 'object' ? format.type : format
  const isOther = dialect !== undefined && dialect !== 'openai-chat'
  if (written !== undefined && (isOther || JSON.stringify(body ?? '').includes('{{contents}}'))) {
    const message =
      "answers calls of tools as OpenAI's chat streams them, and this is another format. Remove it: calls are then left out of what is said on."
    report(['conversation', 'tool_result'], message, 'key')
  }
  const toolResult = written === undefined ? undefined : readGiven(written, report)
  const thinkTime: Distribution | undefined =
    think === undefined
      ? undefined
      : readDistribution(think, ['conversation', 'think_time'], 'ms', report)
  const { sessions } = dataset ?? {}
  return {
    conversation: keepKnown<Conversation>({ thinkTime, toolResult }),
    dataset:
      dataset === undefined || sessions === undefined || toolResult === undefined
        ? dataset
        : {
            ...dataset,
            sessions: scriptTools(sessions, { result: toolResult, steps: steps ?? 1 }),
          },
  }
}

function readGiven(value: unknown, report: Report): ToolResult | undefined {
  const path = ['conversation', 'tool_result']
  try {
    return readResult(value, [])
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    report(path, error.message)
    return undefined
  }
}
