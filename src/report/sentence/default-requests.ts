import { enough } from '../../bench-spec/sample-size.ts'
import type { DefaultRequests } from '../../bench-spec/spec.ts'

/** Why so many requests are sent when the spec does not say how many. */
export function explainRequests({ requests, strictest, forMock, capped }: DefaultRequests): string {
  const chosen = `${requests} requests, as the spec does not say how many`
  const more = capped ? ' More are only sent when they are asked for.' : ''
  if (forMock) return `${chosen}, and what the mock answers costs nothing.${more}`
  if (strictest === undefined) return `${chosen}.`
  const { slo, least } = strictest
  const needs =
    least === undefined
      ? `"${slo}" is decided best by as many`
      : `"${slo}" takes ${least} at the least, and ${enough} times as many to be likely`
  return `${chosen}: ${needs}.${more}`
}
