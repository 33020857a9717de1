import { cleanMessage } from '../bench-spec/plain-text.ts'
import { padEnd, padStart, truncate } from '../report/columns.ts'
import { formatQuantity } from '../report/quantity.ts'
import { listTextPlaces, suggestFormat } from '../stream/suggestion.ts'
import type { Trace, TracedEvent } from '../stream/trace.ts'
import { nameEnd, type Replay, toSpecFormat } from './replay-document.ts'

const width = 100

/** Events of one kind in a row that are all shown. */
const longestRow = 4

/** Places of texts that are shown. */
const mostPlaces = 8

/** What a body was read as, for a terminal, without a last line end. */
export function renderReplay(replay: Replay): string {
  return [
    renderHead(replay),
    renderEvents(replay),
    renderMarks(replay),
    renderPlaces(replay),
    renderSuggestion(replay),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function renderHead({ request, contentType, format, trace }: Replay): string[] {
  const { marks } = trace
  const how = format === undefined ? `${marks.dialect}, chosen from the body` : showFormat(format)
  const head = [`read as ${how}; content type ${contentType ?? 'unknown'}`]
  if (request === undefined) {
    return [...head, 'a body alone: it holds no times, and nothing of how it came in pieces']
  }
  const { recording, outcome, failure } = request
  const why = failure === undefined ? '' : `: ${failure.kind}: ${failure.message}`
  const rest =
    recording.omitted === 0 ? '' : `; ${recording.omitted} bytes more of it were not recorded`
  return [
    ...head,
    `request ${recording.index + 1}, status ${recording.status ?? '–'}, ${outcome ?? 'unknown'}${show(why)}${rest}`,
  ]
}

function renderEvents({ request, trace: { events } }: Replay): string[] {
  const rows = listRows(events)
  const shown = rows.flatMap((row) => (typeof row === 'number' ? [] : [row]))
  const times = new Map(shown.map(({ event }) => [event, request ? showTime(event.at) : '–']))
  const columns = {
    number: Math.max(1, ...shown.map(({ number }) => String(number).length)),
    time: Math.max(1, ...[...times.values()].map((time) => time.length)),
    name: Math.min(28, Math.max(1, ...shown.map(({ event }) => showName(event).length))),
    roles: Math.max(1, ...shown.map(({ event }) => event.roles.join(' ').length)),
  }
  return rows.map((row) => {
    if (typeof row === 'number') return `${' '.repeat(columns.number)}  … ${row} more of these`
    const { event, number } = row
    const line = [
      padStart(String(number), columns.number),
      padStart(times.get(event) ?? '', columns.time),
      padEnd(truncate(showName(event), columns.name), columns.name),
      padEnd(event.roles.join(' '), columns.roles),
      show(event.data),
    ].join('  ')
    return truncate(line, width)
  })
}

type Row = { event: TracedEvent; number: number } | number

/** A long row of events that were taken for the same is cut in its middle; a number: so many. */
function listRows(events: readonly TracedEvent[]): Row[] {
  const rows: Row[] = []
  let from = 0
  while (from < events.length) {
    let to = from + 1
    while (to < events.length && kindOf(events[to]) === kindOf(events[from])) to++
    const run = events.slice(from, to).map((event, index) => ({ event, number: from + index + 1 }))
    const last = run.at(-1)
    if (run.length <= longestRow || last === undefined) rows.push(...run)
    else rows.push(...run.slice(0, 2), run.length - 3, last)
    from = to
  }
  return rows
}

function kindOf(event: TracedEvent | undefined): string {
  return event === undefined ? '' : JSON.stringify([event.name ?? null, event.roles])
}

function renderMarks(replay: Replay): string[] {
  const { request, trace } = replay
  const { marks, fault, events } = trace
  const place = (at: number | undefined, is: (event: TracedEvent) => boolean): string => {
    const index = events.findIndex(is)
    const event = events[index]
    if (at === undefined || event === undefined) return '–'
    return `${request ? `${showTime(at)}  ` : ''}event ${index + 1} ${showName(event)}`.trimEnd()
  }
  const rows: [string, string][] = [
    ['first event', place(marks.firstEvent, ({ roles }) => !roles.includes('keep_alive'))],
    ['first token', place(marks.firstToken, ({ roles }) => roles.includes('token'))],
    ['first content', place(marks.firstContent, hasContent)],
    ['tokens', `${marks.tokenTimes.length} of ${marks.events} events`],
    ['usage', showUsage(marks)],
    ['output', showOutput(replay)],
    ['end', show(nameEnd(replay) ?? '–')],
    ...(fault === undefined
      ? []
      : [['failure', `${fault.kind}: ${show(fault.message)}`] satisfies [string, string]]),
  ]
  return rows.map(([label, value]) => truncate(`${padEnd(label, 14)} ${value}`, width))
}

function showUsage({ promptTokens, cachedTokens, completionTokens }: Trace['marks']): string {
  const cached = cachedTokens === undefined ? '' : ` (${cachedTokens} cached)`
  return `${promptTokens ?? '–'} prompt${cached}, ${completionTokens ?? '–'} completion`
}

function hasContent({ roles }: TracedEvent): boolean {
  return roles.some((role) => role === 'output' || role === 'reasoning' || role === 'tool_call')
}

function showOutput({ format, trace: { marks } }: Replay): string {
  if (marks.output !== undefined) return show(marks.output)
  const { missingOutput } = marks
  if (format?.outputPath === undefined) return '– no text in a known place'
  if (missingOutput === undefined) return '– no event came that should hold it'
  const { at, keys } = missingOutput
  return `– nothing at ${format.outputPath}: ${at === '' ? 'the payload' : at} holds ${show(keys.join(', ')) || 'no keys'}`
}

function renderPlaces({ trace: { events } }: Replay): string[] {
  const places = listTextPlaces(events).slice(0, mostPlaces)
  const lines = places.map(({ name, path, texts }) =>
    truncate(
      `  ${
        [name, path]
          .filter(Boolean)
          .map((part) => show(part ?? ''))
          .join('  ') || 'data'
      }  ×${texts.length}  ${show(texts.join(''))}`,
      width,
    ),
  )
  return lines.length === 0 ? [] : ['texts that differ, by event and path', ...lines]
}

function renderSuggestion({ format, trace }: Replay): string[] {
  if (format !== undefined) return []
  return ['try', `stream_format: ${showFormat(suggestFormat(trace))}`]
}

/** As it may stand in YAML. */
function showFormat(format: Parameters<typeof toSpecFormat>[0]): string {
  const entries = Object.entries(toSpecFormat(format))
  if (entries.length === 1) return format.dialect
  return `{ ${entries.map(([key, value]) => `${key}: ${showScalar(value)}`).join(', ')} }`
}

function showScalar(value: string): string {
  return /^[\w./-]+$/.test(value) && !/^[\d.-]/.test(value) ? value : JSON.stringify(show(value))
}

function showName({ name = '' }: TracedEvent): string {
  return show(name)
}

function showTime(ms: number): string {
  return formatQuantity(ms, 'ms')
}

/** One clean line of what a target wrote. */
function show(text: string): string {
  return cleanMessage(text, 400)
}
