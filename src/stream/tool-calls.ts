import { isFields } from '../bench-spec/fields.ts'
import type { ToolCall } from '../bench-spec/message.ts'

/** More in one answer are not kept. */
const mostCalls = 128

/** UTF-16 units of the arguments of one. */
const argumentsLimit = 65_536

/** Puts calls of tools together from the pieces in which chunks of OpenAI's bring them. */
export interface CallCollector {
  /** Of a chunk; what is no piece of a call is left alone. */
  add(payload: unknown): void
  /** In the order in which they began. */
  list(): ToolCall[]
}

/** Of the first choice. */
export function collectCalls(): CallCollector {
  const calls = new Map<unknown, ToolCall>()

  function addPiece(piece: unknown, place: number): void {
    if (!isFields(piece)) return
    const key = piece['index'] ?? place
    if (!calls.has(key) && calls.size === mostCalls) return
    const call = calls.get(key) ?? { id: '', name: '', argumentsJson: '' }
    const { name, arguments: json } = isFields(piece['function']) ? piece['function'] : {}
    calls.set(key, {
      id: call.id || readText(piece['id']),
      name: call.name || readText(name),
      argumentsJson: (call.argumentsJson + readText(json)).slice(0, argumentsLimit),
    })
  }

  return {
    add(payload) {
      const choices = isFields(payload) ? payload['choices'] : undefined
      const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
      const delta = isFields(choice) ? choice['delta'] : undefined
      const pieces = isFields(delta) ? delta['tool_calls'] : undefined
      if (Array.isArray(pieces)) for (const [at, piece] of pieces.entries()) addPiece(piece, at)
    },
    list: () =>
      [...calls.values()].map((call, at) => ({
        ...call,
        id: call.id === '' ? `call_${at}` : call.id,
      })),
  }
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
