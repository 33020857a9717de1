import { createMarker } from '../bench-spec/cache-rule.ts'
import { fillHeads } from '../bench-spec/prompt-head.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import type { Ticket } from './schedule.ts'

/** Puts its marker at each head of a request; the same for both targets. One without heads stays as it is. */
export function createPromptMarker(
  seed: number,
): (request: PreparedRequest, ticket: Ticket) => PreparedRequest {
  const mark = createMarker(seed)
  return (request, ticket) => {
    const { heads, body, ...rest } = request
    if (heads === undefined || body === undefined) return request
    return { ...rest, body: fillHeads({ body, heads }, mark(ticket)) }
  }
}
