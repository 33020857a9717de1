/** What an answer says, by choice, and what it counts. */
export interface Reading {
  text: string[]
  thought: string[]
  /** `name(arguments)`, the arguments as JSON without spaces. */
  calls: string[][]
  finish: string[]
  prompt: number | undefined
  completion: number | undefined
  reasoning: number | undefined
}

/**
 * Reads a whole stream the slow and plain way, from its text alone, and is strict about the order of
 * things. It knows neither what wrote the stream nor what else reads it.
 *
 * @throws Error that says what is out of order.
 */
export function readStream(format: string, stream: string): Reading {
  const parse = parsers[format]
  if (parse === undefined) throw new Error(`no parser for ${format}`)
  const draft = new Draft()
  parse(stream, draft)
  return draft.finished()
}

class Draft {
  private readonly reading: Reading = {
    text: [],
    thought: [],
    calls: [],
    finish: [],
    prompt: undefined,
    completion: undefined,
    reasoning: undefined,
  }
  private readonly open: { name: string; text: string }[][] = []
  private ended = false

  text(choice: number, text: string): void {
    this.add(this.reading.text, choice, text)
  }

  thought(choice: number, text: string): void {
    this.add(this.reading.thought, choice, text)
  }

  private add(list: string[], choice: number, text: string): void {
    demand(typeof text === 'string', `text is ${JSON.stringify(text)}`)
    demand(this.reading.finish[choice] === undefined, 'content behind the finish')
    demand(!this.ended, 'content behind the end')
    list[choice] = (list[choice] ?? '') + text
  }

  openCall(choice: number, name: string): void {
    demand(this.reading.finish[choice] === undefined, 'a call behind the finish')
    const calls = (this.open[choice] ??= [])
    calls.push({ name, text: '' })
  }

  callText(choice: number, text: string): void {
    const call = this.open[choice]?.at(-1)
    demand(call !== undefined, 'arguments before the name')
    call!.text += text
  }

  call(choice: number, name: string, json: unknown): void {
    this.openCall(choice, name)
    this.callText(choice, JSON.stringify(json))
  }

  finish(choice: number, reason: string): void {
    demand(this.reading.finish[choice] === undefined, 'a second finish')
    this.reading.finish[choice] = reason
  }

  count(prompt: number, completion: number, reasoning?: number): void {
    for (const value of [prompt, completion]) {
      demand(Number.isSafeInteger(value) && value >= 0, `a count is ${value}`)
    }
    demand(completion >= (this.reading.completion ?? 0), 'counts go down')
    Object.assign(this.reading, { prompt, completion, reasoning })
  }

  end(): void {
    demand(!this.ended, 'a second end')
    this.ended = true
  }

  finished(): Reading {
    demand(this.ended, 'no end')
    this.reading.calls = this.open.map((calls) =>
      calls.map(({ name, text }) => `${name}(${JSON.stringify(JSON.parse(text))})`),
    )
    return this.reading
  }

  soFar(choice: number): string {
    return this.reading.text[choice] ?? ''
  }
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}

interface Frame {
  event: string
  data: string
}

function cutFrames(stream: string): Frame[] {
  demand(stream.endsWith('\n\n'), 'the last event has no blank line')
  return stream
    .slice(0, -2)
    .split('\n\n')
    .map((frame) => {
      const lines = frame.split('\n')
      const pick = (name: string): string =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).replace(/^ /, ''))
          .join('\n')
      return { event: pick('event'), data: pick('data') }
    })
    .filter(({ event, data }) => data !== '' || event !== 'ping')
}

function cutLines(stream: string): any[] {
  demand(stream.endsWith('\n'), 'the last line has no end')
  return stream
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line))
}

function readChunks(stream: string, draft: Draft, choose: (choice: any) => void): void {
  const frames = cutFrames(stream)
  const last = frames.pop()
  demand(last?.data === '[DONE]', 'no [DONE]')
  let counted = false
  const ids = new Set<string>()
  for (const { data } of frames) {
    demand(!counted, 'something between usage and [DONE]')
    const chunk = JSON.parse(data)
    ids.add(chunk.id)
    for (const choice of chunk.choices) choose(choice)
    const { usage } = chunk
    if (usage === undefined || usage === null) continue
    counted = chunk.choices.length === 0
    const { prompt_tokens, completion_tokens, total_tokens, completion_tokens_details } = usage
    demand(total_tokens === prompt_tokens + completion_tokens, 'the total is not the sum')
    draft.count(prompt_tokens, completion_tokens, completion_tokens_details?.reasoning_tokens)
  }
  demand(ids.size === 1, 'ids differ')
  draft.end()
}

function parseChat(stream: string, draft: Draft): void {
  const roles = new Set<number>()
  readChunks(stream, draft, ({ index, delta, finish_reason }) => {
    if (delta.role !== undefined) {
      demand(!roles.has(index), 'a second role')
      roles.add(index)
    } else demand(roles.has(index), 'no role before the content')
    const thought = delta.reasoning ?? delta.reasoning_content
    if (thought !== undefined) draft.thought(index, thought)
    if (delta.role === undefined && delta.content !== undefined) draft.text(index, delta.content)
    for (const { id, function: called } of delta.tool_calls ?? []) {
      if (id !== undefined) draft.openCall(index, called.name)
      draft.callText(index, called.arguments)
    }
    if (finish_reason !== null) draft.finish(index, finish_reason)
  })
}

function parseCompletions(stream: string, draft: Draft): void {
  readChunks(stream, draft, ({ index, text, finish_reason }) => {
    if (text !== '' || finish_reason === null) draft.text(index, text)
    if (finish_reason !== null) draft.finish(index, finish_reason)
  })
}

function parseResponses(stream: string, draft: Draft): void {
  const frames = cutFrames(stream).map(({ event, data }) => {
    const payload = JSON.parse(data)
    demand(payload.type === event, 'the name is not the type')
    return payload
  })
  demand(frames[0]?.type === 'response.created', 'does not begin with response.created')
  let item = ''
  let pieces = ''
  for (const [number, payload] of frames.entries()) {
    demand(payload.sequence_number === number, 'sequence numbers have gaps')
    const [, kind = '', step = ''] = /^response\.(\w+)\.(\w+)$/.exec(payload.type) ?? []
    if (payload.type === 'response.output_item.added') {
      demand(item === '', 'an item in an item')
      item = payload.item.id
      if (payload.item.type === 'function_call') draft.openCall(0, payload.item.name)
    } else if (payload.type === 'response.output_item.done') {
      demand(item === payload.item.id, 'another item ends')
      item = ''
    } else if (step === 'delta') {
      demand(payload.item_id === item, 'a delta of no item')
      pieces += payload.delta
      if (kind === 'output_text') draft.text(0, payload.delta)
      else if (kind === 'reasoning_text') draft.thought(0, payload.delta)
      else draft.callText(0, payload.delta)
    } else if (step === 'done' && payload.part === undefined) {
      demand((payload.text ?? payload.arguments) === pieces, 'the whole is not its pieces')
      pieces = ''
    }
  }
  const last = frames.at(-1)
  demand(last.type === `response.${last.response.status}`, 'the end is not the status')
  const { usage, incomplete_details, output } = last.response
  demand(output.length > 0, 'no output')
  draft.finish(0, incomplete_details?.reason ?? 'stop')
  demand(
    usage.total_tokens === usage.input_tokens + usage.output_tokens,
    'the total is not the sum',
  )
  draft.count(usage.input_tokens, usage.output_tokens, usage.output_tokens_details.reasoning_tokens)
  draft.end()
}

function parseAnthropic(stream: string, draft: Draft): void {
  const frames = cutFrames(stream).filter(({ event }) => event !== 'ping')
  let block = -1
  let isOpen = false
  let prompt = NaN
  let sawDelta = false
  for (const [number, { event, data }] of frames.entries()) {
    const payload = JSON.parse(data)
    demand(payload.type === event, 'the name is not the type')
    demand((event === 'message_start') === (number === 0), 'message_start is not the first')
    demand(
      (event === 'message_stop') === (number === frames.length - 1),
      'message_stop is not last',
    )
    if (event === 'message_start') prompt = payload.message.usage.input_tokens
    if (event === 'content_block_start') {
      demand(!isOpen && payload.index === block + 1, 'blocks are out of order')
      block = payload.index
      isOpen = true
      if (payload.content_block.type === 'tool_use') draft.openCall(0, payload.content_block.name)
    }
    if (event === 'content_block_stop') {
      demand(isOpen && payload.index === block, 'another block ends')
      isOpen = false
    }
    if (event === 'content_block_delta') {
      demand(isOpen && payload.index === block, 'a delta of no block')
      const { text, thinking, partial_json } = payload.delta
      if (text !== undefined) draft.text(0, text)
      if (thinking !== undefined) draft.thought(0, thinking)
      if (partial_json !== undefined) draft.callText(0, partial_json)
    }
    if (event === 'message_delta') {
      sawDelta = true
      demand(!isOpen, 'message_delta in a block')
      draft.finish(0, payload.delta.stop_reason)
      draft.count(prompt, payload.usage.output_tokens)
    }
  }
  demand(sawDelta, 'no message_delta')
  draft.end()
}

function readGemini(chunks: readonly any[], draft: Draft): void {
  for (const { candidates, usageMetadata } of chunks) {
    for (const { content, finishReason, index } of candidates) {
      for (const { text, thought, functionCall } of content.parts) {
        if (functionCall !== undefined) draft.call(index, functionCall.name, functionCall.args)
        else if (thought === true) draft.thought(index, text)
        else if (text !== '') draft.text(index, text)
      }
      if (finishReason !== undefined) draft.finish(index, finishReason)
    }
    const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount = 0 } = usageMetadata
    const completion = candidatesTokenCount + thoughtsTokenCount
    demand(
      usageMetadata.totalTokenCount === promptTokenCount + completion,
      'the total is not the sum',
    )
    draft.count(promptTokenCount, completion, thoughtsTokenCount)
  }
  demand(chunks.at(-1)?.candidates[0]?.finishReason !== undefined, 'no finish reason at the end')
  draft.end()
}

function parseOllama(stream: string, draft: Draft): void {
  const lines = cutLines(stream)
  for (const [number, line] of lines.entries()) {
    demand(line.done === (number === lines.length - 1), 'done is not on the last line alone')
    const {
      content,
      thinking,
      tool_calls = [],
    } = line.message ?? {
      content: line.response,
      thinking: line.thinking,
    }
    if (thinking !== undefined) draft.thought(0, thinking)
    if (content !== '') draft.text(0, content)
    for (const { function: called } of tool_calls) draft.call(0, called.name, called.arguments)
    if (!line.done) continue
    draft.finish(0, line.done_reason)
    draft.count(line.prompt_eval_count, line.eval_count)
    draft.end()
  }
}

function parseTgi(stream: string, draft: Draft): void {
  const frames = cutFrames(stream).map(({ data }) => JSON.parse(data))
  for (const [position, { index, token, generated_text, details }] of frames.entries()) {
    demand(index === position + 1, 'indices have gaps')
    const isLast = position === frames.length - 1
    demand((generated_text !== null) === isLast, 'generated_text is not on the last event alone')
    if (!token.special) draft.text(0, token.text)
    if (!isLast) continue
    demand(generated_text === draft.soFar(0), 'generated_text is not what was sent')
    draft.finish(0, details.finish_reason)
    draft.count(details.input_length, details.generated_tokens)
    draft.end()
  }
}

function parseDify(stream: string, draft: Draft): void {
  const events = cutFrames(stream).map(({ event, data }) => {
    const payload = JSON.parse(data)
    const name: string = payload.event ?? event
    demand(event === '' || event === name, 'the two names differ')
    return { name, payload: { ...payload, inner: payload.data ?? payload } }
  })
  const names = events.map(({ name }) => name)
  const isFlow = names.some((name) => /^(?:workflow|node)_/.test(name))
  if (isFlow) demand(names[0] === 'workflow_started', 'does not begin with workflow_started')
  const hasMessages = names.some((name) => /^(?:agent_)?message$/.test(name))
  const ends = [...(hasMessages ? ['message_end'] : []), ...(isFlow ? ['workflow_finished'] : [])]
  demand(names.slice(-ends.length).sort().join() === ends.join(), `the end is not ${ends.join()}`)
  const nodes: string[] = []
  for (const { name, payload } of events) {
    const { answer, inner, metadata } = payload
    if (name === 'node_started') nodes.push(inner.node_id)
    if (name === 'node_finished') demand(nodes.pop() === inner.node_id, 'another node ends')
    if (name === 'message' || name === 'agent_message') draft.text(0, answer)
    if (name === 'text_chunk') draft.text(0, inner.text)
    if (name === 'reasoning_chunk') draft.thought(0, inner.reasoning)
    if (name === 'workflow_finished') {
      const { outputs, status, total_tokens } = inner
      demand((outputs.answer ?? outputs.result) === draft.soFar(0), 'the output is not the text')
      demand(total_tokens > 0, 'no total')
      draft.finish(0, status)
    }
    if (metadata === undefined) continue
    const { prompt_tokens, completion_tokens, total_tokens } = metadata.usage
    demand(total_tokens === prompt_tokens + completion_tokens, 'the total is not the sum')
    draft.count(prompt_tokens, completion_tokens)
  }
  demand(nodes.length === 0, 'a node does not end')
  draft.end()
}

const parsers: Readonly<Record<string, (stream: string, draft: Draft) => void>> = {
  'openai-chat': parseChat,
  'openai-completions': parseCompletions,
  'openai-responses': parseResponses,
  anthropic: parseAnthropic,
  gemini: (stream, draft) =>
    readGemini(
      cutFrames(stream).map(({ data }) => JSON.parse(data)),
      draft,
    ),
  'gemini array': (stream, draft) => readGemini(JSON.parse(stream), draft),
  ollama: parseOllama,
  tgi: parseTgi,
  dify: parseDify,
  sse(stream, draft) {
    const frames = cutFrames(stream)
    demand(frames.pop()?.data === '[DONE]', 'no [DONE]')
    for (const { data } of frames) draft.text(0, JSON.parse(data).text)
    draft.end()
  },
  ndjson(stream, draft) {
    for (const { text } of cutLines(stream)) draft.text(0, text)
    draft.end()
  },
  raw(stream, draft) {
    draft.text(0, stream)
    draft.end()
  },
}
