import { countPromptTokens } from '../content.ts'
import type { Fields } from '../fields.ts'
import type { PlanEvent } from '../plan.ts'
import { Refusal } from '../refusal.ts'
import { parseBody } from './body.ts'
import {
  firstAtMs,
  frameEvent,
  joinContent,
  lastAtMs,
  renderStream,
  renderUsage,
  renderWhole,
} from './dialect.ts'
import type { Answer, Ask, Dialect, Rendering } from './dialect.ts'

/** Dify's /v1/chat-messages of a chatflow. The name of an event stands in its JSON. */
export const difyDialect: Dialect = { name: 'dify', methods: ['POST'], readAsk }

/** ms between two pings. */
const pingPeriod = 10_000

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const query = body['query']
  if (typeof query !== 'string' || query === '') {
    throw new Refusal(400, 'query is required', { param: 'body.query' })
  }
  const mode = body['response_mode'] ?? 'streaming'
  if (mode !== 'streaming' && mode !== 'blocking') {
    throw new Refusal(400, 'response_mode must be streaming or blocking', {
      param: 'body.response_mode',
    })
  }
  return {
    prompt: query,
    promptTokens: countPromptTokens(query),
    render: (answer) =>
      mode === 'streaming' ? renderChatflow(answer, body) : renderBlocking(answer, body),
  }
}

/** What every event of one answer carries. */
function identify(answer: Answer, body: Fields): Record<string, unknown> {
  const conversation = body['conversation_id']
  return {
    task_id: `task-${answer.ref}`,
    message_id: `message-${answer.ref}`,
    conversation_id:
      typeof conversation === 'string' && conversation !== ''
        ? conversation
        : `conversation-${answer.ref}`,
    created_at: answer.created,
  }
}

function renderMetadata(answer: Answer): object {
  const latency = lastAtMs(answer) / 1000
  return answer.usage === 'never'
    ? {}
    : { usage: { ...renderUsage(answer.promptTokens, answer.completionTokens), latency } }
}

/**
 * workflow_started, a start node, the model's node with its messages, workflow_finished,
 * message_end. The workflow runs from admission on, long before the first message.
 */
function renderChatflow(answer: Answer, body: Fields): Rendering {
  const common = identify(answer, body)
  const run = `run-${answer.ref}`
  const endAtMs = lastAtMs(answer)
  const say = (atMs: number, kind: PlanEvent['kind'], name: string, rest: object): PlanEvent =>
    frameEvent(atMs, kind, { event: name, ...common, ...rest })
  const mark = (atMs: number, name: string, data: object): PlanEvent =>
    say(atMs, 'lifecycle', name, { workflow_run_id: run, data })
  const start = { id: `${run}-1`, node_id: 'start', node_type: 'start', title: 'Start', index: 1 }
  const model = { id: `${run}-2`, node_id: 'llm', node_type: 'llm', title: 'LLM', index: 2 }
  const workflow = { id: run, workflow_id: 'workflow-mock' }
  const text = joinContent(answer)

  return renderStream(
    insertPings(answer, [
      mark(0, 'workflow_started', {
        ...workflow,
        inputs: body['inputs'] ?? {},
        created_at: answer.created,
      }),
      mark(0, 'node_started', start),
      mark(0, 'node_finished', { ...start, status: 'succeeded', outputs: {}, elapsed_time: 0 }),
      mark(0, 'node_started', model),
      ...answer.content.map((piece) =>
        frameEvent(
          piece.atMs,
          'content',
          {
            event: 'message',
            ...common,
            answer: piece.text,
            from_variable_selector: ['llm', 'text'],
          },
          piece.tokens,
        ),
      ),
      mark(endAtMs, 'node_finished', {
        ...model,
        status: 'succeeded',
        outputs: { text },
        elapsed_time: endAtMs / 1000,
      }),
      mark(endAtMs, 'workflow_finished', {
        ...workflow,
        status: 'succeeded',
        outputs: { answer: text },
        total_tokens: answer.promptTokens + answer.completionTokens,
        total_steps: 2,
        elapsed_time: endAtMs / 1000,
      }),
      say(endAtMs, 'done', 'message_end', {
        id: common['message_id'],
        metadata: renderMetadata(answer),
      }),
    ]),
  )
}

/** Bare ping frames: one half-way to the first message, then one every 10 s. */
function insertPings(answer: Answer, events: readonly PlanEvent[]): PlanEvent[] {
  const bytes = Buffer.from('event: ping\n\n')
  const pings: PlanEvent[] = []
  for (let atMs = firstAtMs(answer) / 2; atMs < lastAtMs(answer); atMs += pingPeriod) {
    pings.push({ atMs, kind: 'lifecycle', bytes, tokens: 0 })
  }
  return [...events, ...pings].sort((left, right) => left.atMs - right.atMs)
}

function renderBlocking(answer: Answer, body: Fields): Rendering {
  const common = identify(answer, body)
  return renderWhole(
    {
      event: 'message',
      ...common,
      id: common['message_id'],
      mode: 'advanced-chat',
      answer: joinContent(answer),
      metadata: renderMetadata(answer),
    },
    answer,
  )
}
