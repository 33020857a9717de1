import type { BenchDocument } from './bench-document.ts'
import type { Report } from './issue.ts'
import { describeObject, describeText, type JsonSchema } from './json-schema.ts'
import { keepKnown } from './known.ts'
import { isOfClient } from './target.ts'
import type { Tracing } from './tracing.ts'

/** `trace_context` of a document. */
export const traceContextSchema: JsonSchema = {
  description:
    'Whether each request has a `traceparent` (W3C Trace Context) of its own, by which the spans of the server are found; `sampled` is its flag.',
  default: false,
  examples: [true, { sampled: false }],
  anyOf: [
    { type: 'boolean' },
    describeObject({
      sampled: {
        description: 'Whether the server is asked to keep its spans.',
        type: 'boolean',
        default: true,
        examples: [false],
      },
    }),
  ],
}

/** `request_id_header` of a document. */
export const requestIdHeaderSchema: JsonSchema = describeText(
  'Header in which each request has its trace id, for the logs of a server or gateway. Default: none.',
  { examples: ['x-request-id'] },
)

/** `undefined` where neither is asked for. */
export function readTracing(
  { trace_context: context = false, request_id_header: header }: Partial<BenchDocument>,
  report: Report,
): Tracing | undefined {
  if (header !== undefined) checkName(header, context !== false, report)
  if (context === false && header === undefined) return undefined
  const sampled = typeof context === 'object' ? (context.sampled ?? true) : context || undefined
  return keepKnown<Tracing>({ sampled, requestIdHeader: header })
}

function checkName(header: string, isTraced: boolean, report: Report): void {
  const path = ['request_id_header']
  const lower = header.toLowerCase()
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower)) {
    report(path, 'is no name of a header. Use letters, digits and -.')
  } else if (isOfClient(lower) || lower === 'host') {
    report(path, 'is set by the client. Choose another one, for example x-request-id.')
  } else if (lower === 'traceparent' && isTraced) {
    report(path, 'is what trace_context sends already. Choose another one, or remove one of them.')
  }
}

/** Headers of a spec that would be sent twice. */
export function checkOwnHeaders(
  tracing: Tracing | undefined,
  headers: Readonly<Record<string, unknown>>,
  report: (name: string, message: string) => void,
): void {
  for (const name of Object.keys(headers)) {
    const lower = name.toLowerCase()
    if (lower === 'traceparent' && tracing?.sampled !== undefined) {
      report(name, 'is what trace_context sends. Remove one of them.')
    } else if (lower === tracing?.requestIdHeader?.toLowerCase()) {
      report(name, 'is what request_id_header sends. Remove one of them.')
    }
  }
}
