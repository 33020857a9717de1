import { findOutputLimit } from '../bench-spec/asked.ts'
import { mostInFlight } from '../bench-spec/in-flight.ts'
import { findMain } from '../bench-spec/kinds.ts'
import type { BenchSpec, Transport } from '../bench-spec/spec.ts'
import { countTokenTimes } from '../engine/packed-records.ts'
import type { Records } from '../engine/record.ts'

/** The load that a client error was measured at. */
export interface LoadShape {
  concurrency: number
  /** Token events in an answer. */
  events_per_answer: number
  /** As the mock spoke. */
  dialect: string
  /** Load processes that it was split over. */
  processes: number
  /** What its connections were. */
  transport: Transport
}

/** How the mock is asked in each dialect that it speaks. */
/** What to ask the mock for, and where. */
export interface StandIn {
  path: string
  /** `length`: tokens of the answer. */
  body(length: number): object
}

type StandInName = 'openai-chat' | 'openai-completions' | 'dify' | 'raw'

export const standIns: Readonly<Record<StandInName, StandIn>> = {
  'openai-chat': {
    path: '/v1/chat/completions',
    body: (max_tokens) => ({
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      max_tokens,
    }),
  },
  'openai-completions': {
    path: '/v1/completions',
    body: (max_tokens) => ({ prompt: 'hi', stream: true, max_tokens }),
  },
  dify: {
    path: '/v1/chat-messages',
    body: () => ({ query: 'hi', response_mode: 'streaming', user: 'slogate' }),
  },
  raw: { path: '/stream/raw', body: () => ({ prompt: 'hi' }) },
}

/** The dialect in which the mock stands in for another: its own, or else the chat format. */
export function standIn(dialect: string | undefined): StandInName {
  return (
    Object.keys(standIns).find((name): name is StandInName => name === dialect) ?? 'openai-chat'
  )
}

/** Events of an answer of unknown length, and the most of a calibration. */
const usualEvents = 100
const mostEvents = 500

/** The load of a spec, as far as it is known before anything is sent. */
export function shapeOfSpec(spec: BenchSpec): LoadShape {
  const { load, mock } = spec
  const { target, stream } = findMain(spec)
  const lengths = [findOutputLimit(target.body)?.tokens, mock?.['tokens']]
  const length = lengths.find((value) => typeof value === 'number') ?? usualEvents
  const byPath = Object.entries(standIns).find(([, { path }]) => target.url.includes(path))?.[0]
  return {
    concurrency: mostInFlight(load),
    events_per_answer: Math.max(1, Math.min(mostEvents, length)),
    dialect: standIn(stream?.dialect ?? byPath),
    processes: load.processes ?? 1,
    transport: load.transport ?? 'lean',
  }
}

/** The load as it was. */
export function shapeOfRun(spec: BenchSpec, records: Records): LoadShape {
  const answers = records.filter(
    ({ phase, outcome }) => phase === 'measured' && outcome === 'completed',
  )
  const events = answers.reduce((sum, record) => sum + countTokenTimes(record), 0)
  const asked = shapeOfSpec(spec)
  if (answers.length === 0) return asked
  return {
    ...asked,
    concurrency: spec.load.kind === 'closed' ? asked.concurrency : countInFlight(answers),
    events_per_answer: Math.max(1, Math.round(events / answers.length)),
    dialect: standIn(answers.at(0)?.dialect),
  }
}

/** Answers in flight, mean over the time from the first dispatch to the last end; at least 1. */
function countInFlight(answers: Records): number {
  let busy = 0
  let first = Infinity
  let last = -Infinity
  for (const { marks } of answers) {
    const { dispatched = marks.ended, ended } = marks
    busy += ended - dispatched
    first = Math.min(first, dispatched)
    last = Math.max(last, ended)
  }
  return last > first ? Math.max(1, Math.round(busy / (last - first))) : 1
}
