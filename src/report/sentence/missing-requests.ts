import { formatCount } from '../units.ts'

/** What is to be said of a `requests.ndjson.gz` that holds only `found` of the `all` requests of its run. */
export function explainMissingRequests(found: number, all: number): string {
  return `requests.ndjson.gz was cut short and holds ${formatCount(found)} of ${formatCount(all)} requests: the others are left out`
}
