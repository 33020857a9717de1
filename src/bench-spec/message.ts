import { giveResult, type Content, type ToolResult } from './session.ts'

/** What was said in a conversation so far, in OpenAI's words. */
export type Message =
  | { role: 'user'; content: Content }
  | {
      role: 'assistant'
      /** `null` where there is nothing but calls. */
      content: string | null
      tool_calls?: readonly { id: string; type: 'function'; function: CalledFunction }[]
    }
  | { role: 'tool'; tool_call_id: string; content: string }

interface CalledFunction {
  name: string
  /** JSON, as the server wrote it. */
  arguments: string
}

/** What a server answered. */
export interface Answer {
  text: string
  /** Tools that it called, in the order of its list; none by default. */
  calls?: readonly ToolCall[]
}

export interface ToolCall {
  id: string
  name: string
  argumentsJson: string
}

/**
 * What an answer adds to its conversation: what was said, and what the tools give that it called.
 * Calls that nothing is scripted for are left out, since no server takes one without its result.
 */
export function recordAnswer(
  { text, calls = [] }: Answer,
  result: ToolResult | undefined,
): readonly Message[] {
  if (result === undefined || calls.length === 0) return [{ role: 'assistant', content: text }]
  const called = calls.map(({ id, name, argumentsJson }) => ({
    id,
    type: 'function' as const,
    function: { name, arguments: argumentsJson },
  }))
  return [
    { role: 'assistant', content: text === '' ? null : text, tool_calls: called },
    ...calls.map(({ id, name }): Message => {
      return { role: 'tool', tool_call_id: id, content: giveResult(result, name) }
    }),
  ]
}

/** The same conversation as Gemini takes it; calls of tools and their results have no place in it. */
export function toContents(messages: readonly Message[]): unknown[] {
  return messages.flatMap((message) => {
    if (message.role === 'tool') return []
    const { role, content } = message
    const parts = typeof content === 'string' ? [{ text: content }] : (content ?? [])
    return [{ role: role === 'user' ? 'user' : 'model', parts }]
  })
}
