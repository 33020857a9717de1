import { keepKnown } from '../bench-spec/known.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { listTexts } from './text-paths.ts'
import type { Trace, TracedEvent } from './trace.ts'

/** Where events hold texts that differ. */
export interface TextPlace {
  /** Of the events; `undefined`: they have none. */
  name?: string
  /** Dotted; '' is the payload itself. */
  path: string
  /** In the order of the events. */
  texts: readonly string[]
}

/**
 * Places whose texts are not the same in all events that have them, whatever their names, those of most
 * different texts first.
 */
export function listTextPlaces(events: readonly TracedEvent[]): TextPlace[] {
  const places = new Map<string, TextPlace & { texts: string[] }>()
  const counts = new Map<string, number>()
  for (const { name, data, roles } of events) {
    if (roles.includes('keep_alive')) continue
    for (const { path, text } of listTexts(data)) {
      if (text === '' || text === name) continue
      const key = JSON.stringify([name ?? null, path])
      const place = places.get(key) ?? { ...keepKnown({ name, path }), texts: [] }
      place.texts.push(text)
      const same = JSON.stringify([path, text])
      counts.set(same, (counts.get(same) ?? 0) + 1)
      places.set(key, place)
    }
  }
  return [...places.values()]
    .filter(
      ({ path, texts: [text, ...others] }) =>
        counts.get(JSON.stringify([path, text])) === 1 || others.some((other) => other !== text),
    )
    .toSorted((a, b) => countDifferent(b.texts) - countDifferent(a.texts))
}

/**
 * The format that a stream, which was read without one, is best read with: a named dialect where its
 * payloads show one, else the generic one with what its events tell.
 */
export function suggestFormat({ events, marks: { dialect }, fault }: Trace): StreamFormat {
  if (fault?.kind === 'not_streamed') return { dialect: 'json' }
  if (dialect !== 'sse') return { dialect: dialect as StreamFormat['dialect'] }
  const places = listTextPlaces(events)
  const answer = places.find(({ texts }) => texts.length > 1 && !texts.every(isCode))
  const last = events.findLast(({ name }) => name !== undefined)?.name
  const isOnce = events.filter(({ name }) => name === last).length === 1
  const completionEvent = isOnce && last !== answer?.name ? last : undefined
  const whole = answer?.texts.join('') ?? ''
  const ends = places.filter(({ name }) => name !== undefined && name === completionEvent)
  const output =
    ends.find(({ texts }) => whole !== '' && texts[0] === whole) ??
    ends.find(({ texts: [text = ''] }) => /\s/.test(text))
  return keepKnown<StreamFormat>({
    dialect,
    firstTokenEvent: answer?.name,
    completionEvent,
    outputPath: output?.path,
  })
}

/** What is an identifier, a number or a date, and no piece of an answer. */
function isCode(text: string): boolean {
  return /^[\w:.+-]{12,}$/.test(text) || /^\d+(\.\d+)?$/.test(text)
}

function countDifferent(texts: readonly string[]): number {
  return new Set(texts).size
}
