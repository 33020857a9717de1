import { createRandom } from '../plan/random.ts'
import type { Content, ContentKind } from './answer.ts'
import type { Ask } from './ask.ts'
import type { Shape } from './shape.ts'
import { pickPieces } from './vocabulary.ts'

/** A content that has no time yet. */
export type Piece = Omit<Content, 'atMs'>

/** See `Options`. */
export interface CompositionOptions {
  shape: Shape
  tokensPerEvent: number
  seed: number
}

interface Part {
  kind: ContentKind
  tokens: number
  call?: { index: number; name: string }
}

/** What is sent at one instant: a piece for each choice. */
export interface Moment {
  pieces: readonly Piece[]
  /** ms after admission; `undefined`: by the latency. */
  atMs: number | undefined
}

/**
 * What an answer of `length` tokens consists of, at least one moment. Reasoning comes first, then
 * text, then tool calls; what the format has no place for is text. A script is played as it is. Of a
 * prompt that is only looked at, one moment without a token is left.
 */
export function composeAnswer(
  options: CompositionOptions,
  ask: Ask,
  length: number,
  key: string,
): Moment[] {
  const { script, text } = options.shape
  if (ask.isScripted === true && script !== undefined) {
    const piece = { kind: 'text', choice: 0, text: '', tokens: 1 } as const
    return script.parts.map(({ atMs }) => ({ pieces: [piece], atMs }))
  }
  if (ask.isPooled === true) {
    return [{ pieces: [{ kind: 'text', choice: 0, text: '', tokens: 0 }], atMs: undefined }]
  }
  const parts = partition(options, ask, length)
  const choices = Array.from({ length: ask.choices ?? 1 }, (_, choice) => {
    const purpose = choice === 0 ? key : `${key} choice ${choice}`
    const words = pickPieces(text, length, {
      prompt: ask.prompt,
      random: createRandom(options.seed, 'content', purpose),
    })
    let from = 0
    return parts.flatMap((part) => {
      const tokens = write(part, words.slice(from, (from += part.tokens)))
      return group(tokens, options.tokensPerEvent).map((texts, index): Piece => {
        const { kind, call } = part
        return {
          kind,
          choice,
          text: texts.join(''),
          tokens: texts.length,
          ...(call !== undefined && { call: { ...call, isFirst: index === 0 } }),
        }
      })
    })
  })
  return choices[0]!.map((_, index) => ({
    pieces: choices.map((pieces) => pieces[index]!),
    atMs: undefined,
  }))
}

function partition({ shape }: CompositionOptions, ask: Ask, length: number): Part[] {
  const { reasoning, toolCalls } = shape
  const thought = ask.kinds.includes('reasoning') ? Math.min(reasoning.tokens, length) : 0
  const rest = length - thought
  const callable = toolCalls !== undefined && ask.kinds.includes('tool_call')
  const text = callable ? Math.min(toolCalls.after, rest) : rest
  const left = rest - text
  const count = callable ? Math.min(toolCalls.count, left) : 0
  const calls = Array.from({ length: count }, (_, index): Part => {
    const tokens = Math.floor(((index + 1) * left) / count) - Math.floor((index * left) / count)
    return { kind: 'tool_call', tokens, call: { index, name: toolCalls!.name } }
  })
  const parts: Part[] = [
    { kind: 'reasoning', tokens: thought },
    { kind: 'text', tokens: text },
  ]
  return [...parts, ...calls].filter(({ tokens }) => tokens > 0)
}

/** The texts of the tokens of a part; the first token of a tool call is its name. */
function write({ kind, tokens }: Part, words: readonly string[]): readonly string[] {
  if (kind !== 'tool_call') return words
  if (tokens === 1) return ['{}']
  if (tokens === 2) return ['', '{}']
  const inner = words.slice(0, tokens - 3).map((word) => JSON.stringify(word).slice(1, -1))
  return ['', '{"city":"', ...inner, '"}']
}

function group(texts: readonly string[], size: number): (readonly string[])[] {
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, index) =>
    texts.slice(index * size, (index + 1) * size),
  )
}
