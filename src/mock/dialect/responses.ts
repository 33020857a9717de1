import { type Answer, type Block, findLastMs, listBlocks } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import { keepKnown } from '../plan/known.ts'
import type { PlanEvent } from '../plan/plan.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import { parseBody, readCount, readFlag, readMessages, readSampling, readSystem } from './body.ts'
import { obfuscate } from './chunk.ts'
import type { Dialect, Failure } from './dialect.ts'
import { frameEvent, renderStream, renderWhole } from './framing.ts'

/** OpenAI's /v1/responses, which vLLM serves too. */
export const responsesDialect: Dialect = {
  name: 'openai-responses',
  methods: ['POST'],
  readAsk,
  renderFailure,
  textKeys: ['delta', 'text', 'arguments', 'name'],
  usageKeys: { generated: ['output_tokens'], total: ['total_tokens'] },
}

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const { input } = body
  const said = typeof input === 'string' ? input : readMessages(body, 'input')
  const prompt = `${readSystem(body['instructions'])}${said}`
  const stream = readFlag(body, 'stream')
  const maxTokens = readCount(body, 'max_output_tokens', 1)
  return keepKnown<Ask>({
    ...readSampling(body),
    prompt,
    promptTokens: countPromptTokens(prompt),
    maxTokens,
    kinds: ['reasoning', 'tool_call'],
    render: (answer) =>
      stream ? renderEvents(answer) : renderWhole(describeEnd(answer, listItems(answer)), answer),
  })
}

function renderFailure({ message, position }: Failure): string {
  const type = 'error'
  const error = { type, code: 'server_error', message, param: null, sequence_number: position }
  return `event: ${type}\ndata: ${JSON.stringify(error)}\n\n`
}

/** The response at its start; `usage` and `output` come at the end. */
function describeResponse(answer: Answer): Record<string, unknown> {
  return {
    id: `resp_${answer.ref}`,
    object: 'response',
    created_at: answer.created,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: answer.model,
    output: [],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: null,
  }
}

function describeEnd(answer: Answer, output: readonly Item[]): Record<string, unknown> {
  const { promptTokens, completionTokens, reasoningTokens, shape } = answer
  const isWhole = answer.finishReason === 'stop'
  const usage = {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: answer.cachedTokens },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  }
  return {
    ...describeResponse(answer),
    status: isWhole ? 'completed' : 'incomplete',
    incomplete_details: isWhole ? null : { reason: 'max_output_tokens' },
    output: output.map(({ closed }) => closed),
    usage: shape.usage === 'never' ? null : usage,
  }
}

/** One item of the output: as it is opened, as it is closed, and what is said in between. */
interface Item {
  block: Block
  opened: Record<string, unknown>
  closed: Record<string, unknown>
  /** Name of the events of its pieces, without `.delta` and `.done`. */
  event: string
  /** The part that the pieces belong to; `undefined`: they are the item's own. */
  part: ((text: string) => object) | undefined
}

function listItems(answer: Answer): Item[] {
  return listBlocks(answer).map((block, index) => {
    const { call, text } = block
    if (call !== undefined) {
      const item = { id: `fc_${answer.ref}_${index}`, type: 'function_call', call_id: call.id }
      const opened = { ...item, name: call.name, status: 'in_progress', arguments: '' }
      const closed = { ...opened, status: 'completed', arguments: text }
      const event = 'response.function_call_arguments'
      return { block, opened, closed, event, part: undefined }
    }
    if (block.kind === 'reasoning') {
      const item = { id: `rs_${answer.ref}_${index}`, type: 'reasoning', summary: [] }
      const opened = { ...item, content: [], status: 'in_progress' }
      const closed = { ...item, content: [renderThought(text)], status: 'completed' }
      const event = 'response.reasoning_text'
      return { block, opened, closed, event, part: renderThought }
    }
    const item = { id: `msg_${answer.ref}_${index}`, type: 'message', role: 'assistant' }
    const opened = { ...item, content: [], status: 'in_progress' }
    const closed = { ...item, content: [renderText(text)], status: 'completed' }
    return { block, opened, closed, event: 'response.output_text', part: renderText }
  })
}

function renderThought(text: string): object {
  return { type: 'reasoning_text', text }
}

function renderText(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

/** response.created and response.in_progress on admission, the items, response.completed. */
function renderEvents(answer: Answer): Rendering {
  let sequence = 0
  const events: PlanEvent[] = []
  const say = (
    atMs: number,
    kind: PlanEvent['kind'],
    type: string,
    rest: object,
    detail: { tokens?: number; reasoning?: boolean } = {},
  ): void => {
    const payload = { type, ...rest, sequence_number: sequence++ }
    events.push(frameEvent(atMs, kind, payload, { event: type, ...detail }))
  }

  const start = { response: describeResponse(answer) }
  say(0, 'lifecycle', 'response.created', start)
  say(0, 'lifecycle', 'response.in_progress', start)
  const items = listItems(answer)
  for (const [index, item] of items.entries()) {
    const { block, opened, closed, event, part } = item
    const { text } = block
    const place = keepKnown({
      item_id: opened['id'],
      output_index: index,
      content_index: part === undefined ? undefined : 0,
    })
    const startAtMs = block.contents[0]!.atMs
    const endAtMs = block.contents.at(-1)!.atMs
    const output = { output_index: index }
    const isText = block.kind === 'text'
    say(startAtMs, 'lifecycle', 'response.output_item.added', { ...output, item: opened })
    if (part !== undefined) {
      say(startAtMs, 'lifecycle', 'response.content_part.added', { ...place, part: part('') })
    }
    for (const content of block.contents) {
      const extra = {
        ...(isText && { logprobs: [] }),
        ...(answer.shape.chunks === 'openai' && { obfuscation: obfuscate(answer.ref, sequence) }),
      }
      const { tokens } = content
      say(
        content.atMs,
        'content',
        `${event}.delta`,
        { ...place, delta: content.text, ...extra },
        { tokens, reasoning: block.kind === 'reasoning' },
      )
    }
    const whole = block.call === undefined ? { text } : { name: block.call.name, arguments: text }
    const done = keepKnown<Record<string, unknown>>({
      ...place,
      ...whole,
      logprobs: isText ? [] : undefined,
    })
    say(endAtMs, 'lifecycle', `${event}.done`, done)
    if (part !== undefined) {
      say(endAtMs, 'lifecycle', 'response.content_part.done', { ...place, part: part(text) })
    }
    say(endAtMs, 'lifecycle', 'response.output_item.done', { ...output, item: closed })
  }
  const response = describeEnd(answer, items)
  say(findLastMs(answer), 'done', `response.${String(response['status'])}`, { response })
  return renderStream(events)
}
