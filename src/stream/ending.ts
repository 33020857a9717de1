import type { Dialect } from './dialect.ts'
import type { StreamFault, StreamMarks } from './reader.ts'

/** How a body ended that was not broken off. */
interface Ending {
  completionEvent: string | undefined
  /** Between two events or inside of one. */
  rest: 'clean' | 'cut'
  /** The answer had said why it ended. */
  finished: boolean
}

/**
 * Why an answer whose body ended cleanly is no proper one; `undefined`: it is. A configured
 * `completionEvent` is the only proper end, and proof enough of an answer without a token.
 */
export function judgeEnding(
  marks: StreamMarks,
  dialect: Dialect,
  { completionEvent, rest, finished }: Ending,
): StreamFault | undefined {
  const completed = marks.completed !== undefined
  const untilEnd =
    completionEvent === undefined &&
    dialect.completion.some((way) => way.kind === 'field' && way.untilEnd)
  if (rest === 'cut' && (!completed || untilEnd)) return incomplete('inside of an event')
  const endings = completed || finished ? undefined : nameEndings(marks, dialect, completionEvent)
  if (endings !== undefined) return incomplete(`before ${endings}`)
  if (marks.tokenTimes.length > 0 || completionEvent !== undefined) return undefined
  return { kind: 'no_token', message: 'the answer held no token' }
}

/** Whether a clean end of the body is all that ends this answer. */
export function endsWithBody(
  marks: StreamMarks,
  dialect: Dialect,
  completionEvent: string | undefined,
): boolean {
  return nameEndings(marks, dialect, completionEvent) === undefined
}

/** What has to come before the body may end, in words; `undefined`: nothing. */
function nameEndings(
  { eventNames }: StreamMarks,
  dialect: Dialect,
  completionEvent: string | undefined,
): string | undefined {
  if (completionEvent !== undefined) return completionEvent
  const came = (name: string): boolean => eventNames.some((each) => each.name === name)
  const names: string[] = []
  for (const way of dialect.completion) {
    if (way.kind === 'event' && way.promisedBy?.some(came) === true) return way.names.join(' or ')
    if (way.kind === 'eof') return undefined
    if (way.kind === 'event') names.push(...way.names)
    else names.push(way.kind === 'sentinel' ? way.data : way.path)
  }
  return [...new Set(names)].join(' or ')
}

function incomplete(where: string): StreamFault {
  return { kind: 'incomplete_stream', message: `the body ended ${where}` }
}
