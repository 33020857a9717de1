import type { DurationOption } from '../latency/distribution-option.ts'
import { isFields, readChoice, type Report } from '../plan/fields.ts'
import type { Transform } from './fault.ts'
import { faultKinds, type FaultName, faultNames } from './kinds.ts'
import { createKnobs } from './knobs.ts'
import { readSelection, type Selection, type SelectionOption } from './selection.ts'

/** A fault as it is written. Which knobs one has depends on its kind. */
export interface FaultOption {
  kind: FaultName
  /** The requests it strikes; every one but warm-up requests by default. */
  when?: SelectionOption
  /** Contents before it. */
  after_events?: number
  /** Number of the content, from 1. */
  event?: number
  /** How much later; 100 ms by default, but forever for `stall`. */
  ms?: DurationOption
  /** 400–599, 500 by default; of a redirect 301–308, 307 by default; interim 100, 102 or 103. */
  status?: number | string
  body?: 'profile' | 'text' | 'html' | 'empty'
  /** s, or a date as HTTP writes it. */
  retry_after?: number | string
  /** What the error says. */
  message?: string
  /** Of a redirect. */
  location?: string
  /** The content type that is sent. */
  type?: string
  /** Events in one write, all by default; most that follow the end. */
  events?: number
  /** Of one write (`split`) or one event (`huge-event`). */
  bytes?: number
  ends?: 'crlf' | 'cr' | 'mixed'
  /** Time between two comments. */
  every?: DurationOption
  /** Whether the stream still ends properly behind the error. */
  done?: boolean
  /** Tokens in the usage that were never sent. */
  surplus?: number
  /** What is wrong with the usage; `surplus` by default. */
  as?: 'surplus' | 'absent' | 'negative' | 'text'
  encoding?: 'gzip' | 'deflate' | 'br'
  /** The Date header. */
  date?: string
  /** Before which event. */
  at?: 'start' | 'last'
  /** What a ping looks like. */
  shape?: 'bare' | 'json'
  bytes_per_second?: number
}

export interface Fault {
  kind: FaultName
  breaks: boolean
  transform: Transform
  when: Selection
}

export function readFaults(report: Report, value: unknown, latencyFactor: number): Fault[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    report('faults', 'a list of faults', value, 'Write e.g. [{ kind: no-done }]')
    return []
  }
  return value.flatMap((item, index) => readFault(report, `faults.${index}`, item, latencyFactor))
}

function readFault(report: Report, path: string, item: unknown, latencyFactor: number): Fault[] {
  if (!isFields(item) || item['kind'] === undefined) {
    report(path, 'an object with a kind', item, 'Write e.g. { kind: no-done }')
    return []
  }
  const kind = readChoice(report, `${path}.kind`, item['kind'], faultNames, 'no-done')
  if (kind !== item['kind']) return []
  const { breaks, prepare } = faultKinds[kind]
  const knobs = createKnobs(report, path, item, latencyFactor)
  const transform = prepare(knobs)
  knobs.finish(['kind', 'when'])
  return [{ kind, breaks, transform, when: readSelection(report, `${path}.when`, item['when']) }]
}
