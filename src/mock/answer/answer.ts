import type { Shape } from './shape.ts'

export type ContentKind = 'text' | 'reasoning' | 'tool_call'

/** What is generated for a request, before it takes the shape of a format. */
export interface Answer {
  /** The part of ids that tells requests apart. */
  ref: string
  /** Unix time in s. */
  created: number
  model: string
  /** At least one, ascending in time; those of several choices take turns. */
  content: readonly Content[]
  choices: number
  finishReason: 'stop' | 'length'
  promptTokens: number
  /** Those that needed no prefill. */
  cachedTokens: number
  /** Of all choices, reasoning and tool calls included. */
  completionTokens: number
  reasoningTokens: number
  shape: Shape
}

/** What one event carries of the answer. */
export interface Content {
  kind: ContentKind
  /** Number of the choice, from 0. */
  choice: number
  /** Text of the answer or of its reasoning; of a tool call a piece of the JSON of its arguments. */
  text: string
  tokens: number
  /** Present in a tool call. */
  call?: { index: number; name: string; isFirst: boolean }
  /** ms after admission. */
  atMs: number
}

/** Neighbours of one kind in a choice; a tool call is a block of its own. */
export interface Block {
  kind: ContentKind
  call: ToolCall | undefined
  /** Of all contents; of a tool call the JSON of its arguments. */
  text: string
  tokens: number
  contents: readonly Content[]
}

export interface ToolCall {
  id: string
  name: string
  argumentsJson: string
}

/** When its first content is due, ms after admission. */
export function findFirstMs({ content }: Answer): number {
  return content[0]!.atMs
}

/** When its last content is due, ms after admission. */
export function findLastMs({ content }: Answer): number {
  return content.at(-1)!.atMs
}

export function joinText(answer: Answer, kind: ContentKind = 'text', choice = 0): string {
  return answer.content
    .filter((content) => content.kind === kind && content.choice === choice)
    .map(({ text }) => text)
    .join('')
}

export function listBlocks(answer: Answer, choice = 0): Block[] {
  const groups: Content[][] = []
  for (const content of answer.content) {
    if (content.choice !== choice) continue
    const group = groups.at(-1)
    const last = group?.at(-1)
    if (last?.kind === content.kind && last.call?.index === content.call?.index) {
      group!.push(content)
    } else groups.push([content])
  }
  return groups.map((contents) => {
    const [{ kind, call }] = contents as [Content]
    const text = contents.map((content) => content.text).join('')
    const tokens = contents.reduce((sum, content) => sum + content.tokens, 0)
    if (call === undefined) return { kind, call, text, tokens, contents }
    const id = nameCall(answer, choice, call.index)
    const whole = { id, name: call.name, argumentsJson: text }
    return { kind, call: whole, text, tokens, contents: joinName(contents) }
  })
}

/**
 * The contents of a tool call for a format whose events carry arguments alone: the token of its name
 * counts with the first of them.
 */
function joinName(contents: readonly Content[]): readonly Content[] {
  const [first, second, ...rest] = contents
  if (first?.text !== '' || second === undefined) return contents
  return [{ ...second, tokens: first.tokens + second.tokens }, ...rest]
}

/** The contents with each tool call in one piece, at the time of its last token. */
export function holdCalls(content: readonly Content[]): Content[] {
  const held = new Map<string, Content>()
  const others: Content[] = []
  for (const piece of content) {
    const { call, choice } = piece
    if (call === undefined) {
      others.push(piece)
      continue
    }
    const place = `${choice} ${call.index}`
    const before = held.get(place)
    held.set(place, {
      ...piece,
      text: (before?.text ?? '') + piece.text,
      tokens: (before?.tokens ?? 0) + piece.tokens,
      call: { ...call, isFirst: true },
    })
  }
  return [...others, ...held.values()].sort((a, b) => a.atMs - b.atMs)
}

export function listCalls(answer: Answer, choice = 0): ToolCall[] {
  return listBlocks(answer, choice).flatMap(({ call }) => (call === undefined ? [] : [call]))
}

export function nameCall(answer: Answer, choice: number, index: number): string {
  return `call_${answer.ref}_${choice}_${index}`
}

/** Why the answer ended, as OpenAI says it. */
export function explainFinish({ content, finishReason }: Answer): 'stop' | 'length' | 'tool_calls' {
  const calls = content.some(({ kind }) => kind === 'tool_call')
  return calls && finishReason === 'stop' ? 'tool_calls' : finishReason
}
