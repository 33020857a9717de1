import { type Answer, findLastMs, joinText } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import type { Fields } from '../plan/fields.ts'
import type { PlanEvent } from '../plan/plan.ts'
import { Refusal } from '../plan/refusal.ts'
import { statusWords } from '../plan/status-words.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import { parseBody } from './body.ts'
import type { Dialect, Failure, Route } from './dialect.ts'
import { createSay, type Say } from './dify-event.ts'
import { insertPings, renderStream, renderWhole } from './framing.ts'

/** The kinds of apps of Dify; the first three share a path. */
type App = 'chat' | 'agent' | 'chatflow' | 'workflow' | 'completion'

/** Dify's /v1/chat-messages, /v1/completion-messages and /v1/workflows/run. */
export const difyDialect: Dialect = {
  name: 'dify',
  methods: ['POST'],
  readAsk,
  renderError: ({ status, message }: Refusal) => ({
    code: (statusWords[status] ?? 'error').toLowerCase().replaceAll(/\W+/g, '_'),
    message,
    status,
  }),
  renderFailure: ({ message, ref }: Failure) => {
    const ids = { task_id: `task-${ref}`, message_id: `message-${ref}` }
    const error = { status: 500, code: 'internal_server_error', message }
    return `data: ${JSON.stringify({ event: 'error', ...ids, ...error })}\n\n`
  },
  textKeys: ['answer', 'text', 'reasoning', 'result', 'thought'],
  usageKeys: { generated: ['completion_tokens'], total: ['total_tokens'] },
}

function readAsk(text: string, { pathname }: Route): Ask {
  const body = parseBody(text)
  const isWorkflow = pathname === '/v1/workflows/run'
  const isCompletion = pathname === '/v1/completion-messages'
  const { query } = body
  if (!isWorkflow && !isCompletion && (typeof query !== 'string' || query === '')) {
    throw new Refusal(400, 'query is required', { param: 'body.query' })
  }
  const prompt = typeof query === 'string' ? query : JSON.stringify(body['inputs'] ?? {})
  const mode = body['response_mode'] ?? 'streaming'
  if (mode !== 'streaming' && mode !== 'blocking') {
    throw new Refusal(400, 'response_mode must be streaming or blocking', {
      param: 'body.response_mode',
    })
  }
  const findApp = (answer: Answer): App =>
    isWorkflow ? 'workflow' : isCompletion ? 'completion' : answer.shape.dify.app
  return {
    prompt,
    promptTokens: countPromptTokens(prompt),
    kinds: isWorkflow ? ['reasoning'] : [],
    render: (answer) =>
      mode === 'streaming'
        ? renderEvents(answer, body, findApp(answer))
        : renderBlocking(answer, body, findApp(answer)),
  }
}

/** What every event of one answer carries. */
function identify(answer: Answer, body: Fields, app: App): Record<string, unknown> {
  const { ref } = answer
  const task = { task_id: `task-${ref}` }
  if (app === 'workflow') return { ...task, workflow_run_id: `run-${ref}` }
  const message = { ...task, message_id: `message-${ref}` }
  if (app === 'completion') return { ...message, created_at: answer.created }
  const named = body['conversation_id']
  const conversation = typeof named === 'string' && named !== '' ? named : `conversation-${ref}`
  return { ...message, conversation_id: conversation, created_at: answer.created }
}

function renderMetadata({ shape, promptTokens, completionTokens, content }: Answer): object {
  if (shape.usage === 'never') return {}
  return {
    usage: {
      prompt_tokens: promptTokens,
      total_tokens: promptTokens + completionTokens,
      completion_tokens: completionTokens,
      latency: content.at(-1)!.atMs / 1000,
    },
  }
}

function renderEvents(answer: Answer, body: Fields, app: App): Rendering {
  const { dify } = answer.shape
  const common = identify(answer, body, app)
  const say = createSay(common, dify.eventName)
  const events =
    app === 'workflow' || app === 'chatflow'
      ? renderFlow(answer, body, app, say)
      : renderMessages(answer, app, say)
  return renderStream(insertPings(answer, events, dify.pingEvery, 'event: ping\n\n'))
}

function endMessage(answer: Answer, kind: PlanEvent['kind'], say: Say): PlanEvent {
  const rest = { id: `message-${answer.ref}`, metadata: renderMetadata(answer) }
  return say(findLastMs(answer), kind, 'message_end', rest)
}

/** Messages and their end; those of an agent are followed by the thought that they were. */
function renderMessages(answer: Answer, app: App, say: Say): PlanEvent[] {
  const name = app === 'agent' ? 'agent_message' : 'message'
  const messages = answer.content.map(({ atMs, text, tokens }) =>
    say(atMs, 'content', name, { answer: text }, tokens),
  )
  const end = endMessage(answer, 'done', say)
  if (app !== 'agent') return [...messages, end]
  const think = (atMs: number, thought: string): PlanEvent =>
    say(atMs, 'lifecycle', 'agent_thought', {
      id: `thought-${answer.ref}`,
      position: 1,
      thought,
      observation: '',
      tool: '',
      tool_input: '',
      message_files: [],
    })
  return [think(0, ''), ...messages, think(findLastMs(answer), joinText(answer)), end]
}

/**
 * workflow_started, a start node, the model's node with its pieces, workflow_finished; of a chatflow
 * message_end as well. The workflow runs from admission on, long before the first piece.
 */
function renderFlow(answer: Answer, body: Fields, app: App, say: Say): PlanEvent[] {
  const { ref, shape } = answer
  const run = `run-${ref}`
  const endAtMs = findLastMs(answer)
  const text = joinText(answer)
  const isChat = app === 'chatflow'
  const mark = (atMs: number, name: string, data: object, kind?: PlanEvent['kind']): PlanEvent =>
    say(atMs, kind ?? 'lifecycle', name, { workflow_run_id: run, data })
  const start = { id: `${run}-1`, node_id: 'start', node_type: 'start', title: 'Start', index: 1 }
  const model = { id: `${run}-2`, node_id: 'llm', node_type: 'llm', title: 'LLM', index: 2 }
  const done = { status: 'succeeded', elapsed_time: endAtMs / 1000 }
  const selector = { from_variable_selector: ['llm', 'text'] }
  const pieces = answer.content.map(({ kind, atMs, text: words, tokens }) => {
    if (isChat) return say(atMs, 'content', 'message', { answer: words, ...selector }, tokens)
    return kind === 'reasoning'
      ? say(
          atMs,
          'content',
          'reasoning_chunk',
          { data: { reasoning: words, is_final: false } },
          tokens,
          true,
        )
      : say(atMs, 'content', 'text_chunk', { data: { text: words, ...selector } }, tokens)
  })
  const isLast = !isChat || shape.dify.endOrder === 'message_end_first'
  const finished = mark(
    endAtMs,
    'workflow_finished',
    {
      id: run,
      workflow_id: 'workflow-mock',
      ...done,
      outputs: isChat ? { answer: text, result: text } : { result: text },
      total_tokens: answer.promptTokens + answer.completionTokens,
      total_steps: 2,
    },
    isLast ? 'done' : 'lifecycle',
  )
  const ended = isChat ? [endMessage(answer, isLast ? 'lifecycle' : 'done', say)] : []
  return [
    mark(0, 'workflow_started', {
      id: run,
      workflow_id: 'workflow-mock',
      inputs: body['inputs'] ?? {},
      created_at: answer.created,
    }),
    mark(0, 'node_started', start),
    mark(0, 'node_finished', { ...start, status: 'succeeded', outputs: {}, elapsed_time: 0 }),
    mark(0, 'node_started', model),
    ...pieces,
    mark(endAtMs, 'node_finished', { ...model, ...done, outputs: { text } }),
    ...(isLast ? [...ended, finished] : [finished, ...ended]),
  ]
}

const modes: Readonly<Record<Exclude<App, 'workflow'>, string>> = {
  chat: 'chat',
  agent: 'agent-chat',
  chatflow: 'advanced-chat',
  completion: 'completion',
}

function renderBlocking(answer: Answer, body: Fields, app: App): Rendering {
  const common = identify(answer, body, app)
  if (app === 'workflow') {
    const data = {
      id: common['workflow_run_id'],
      workflow_id: 'workflow-mock',
      status: 'succeeded',
      outputs: { result: joinText(answer) },
      error: null,
      elapsed_time: findLastMs(answer) / 1000,
      total_tokens: answer.promptTokens + answer.completionTokens,
      total_steps: 2,
      created_at: answer.created,
    }
    return renderWhole({ ...common, data }, answer)
  }
  const reply = {
    event: 'message',
    ...common,
    id: common['message_id'],
    mode: modes[app],
    answer: joinText(answer),
    metadata: renderMetadata(answer),
  }
  return renderWhole(reply, answer)
}
