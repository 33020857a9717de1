import { mix } from './random.ts'

/** By what a request can be found again in the server's own traces and logs. */
export interface Tracing {
  /** Sends `traceparent`, with its flag; `undefined`: it is not sent. */
  sampled?: boolean
  /** Name of a header that has the trace id; `undefined`: there is none. */
  requestIdHeader?: string
}

/** The same for one run. */
export interface RunTracing extends Tracing {
  /** 16 hexadecimal digits, not all 0: the first half of every trace id of the run, and of no other's. */
  run: string
}

/** A request by its 0-based number within the phase of its target. */
interface Numbered {
  target: 'candidate' | 'baseline'
  phase: 'warmup' | 'measured'
  index: number
}

/** The same request, found again by its trace id; sent once more it has the same. */
export function addTrace<Request extends { headers: Record<string, string> }>(
  request: Request,
  ticket: Numbered,
  tracing: RunTracing | undefined,
): Request {
  if (tracing === undefined) return request
  const { sampled, requestIdHeader } = tracing
  const id = traceIdOf(tracing, ticket)
  const headers = { ...request.headers }
  if (sampled !== undefined) {
    headers['traceparent'] = `00-${id}-${spanIdOf(tracing, ticket)}-${sampled ? '01' : '00'}`
  }
  if (requestIdHeader !== undefined) headers[requestIdHeader] = id
  return { ...request, headers }
}

/**
 * 32 hexadecimal digits: those of the run, then 16 that no two requests of it have in common, as even as
 * by chance, since samplers go by them.
 */
export function traceIdOf({ run }: Pick<RunTracing, 'run'>, request: Numbered): string {
  return run + drawDigits(run, request, 0)
}

/** 16 hexadecimal digits, not all 0. */
function spanIdOf({ run }: Pick<RunTracing, 'run'>, request: Numbered): string {
  const digits = drawDigits(run, request, 1)
  return /^0+$/.test(digits) ? digits.replace(/.$/, '1') : digits
}

function drawDigits(run: string, { target, phase, index }: Numbered, use: number): string {
  // Of one half of the run each, and different for different requests.
  const number = 4 * index + (target === 'baseline' ? 2 : 0) + (phase === 'warmup' ? 1 : 0)
  return [run.slice(0, 8), run.slice(8)]
    .map((half) => (mix(mix(Number.parseInt(half, 16), use), number) >>> 0).toString(16))
    .map((digits) => digits.padStart(8, '0'))
    .join('')
}
