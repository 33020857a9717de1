import type { BenchDocument } from './bench-document.ts'
import { readDistribution } from './distribution-reading.ts'
import { parseDuration } from './duration.ts'
import type { Report } from './issue.ts'
import { describeObject, type JsonSchema } from './json-schema.ts'
import type { Leaving } from './leaving.ts'
import { percentPattern } from './percent.ts'

/** `cancel` of a document. */
export const cancelSchema: JsonSchema = describeObject(
  {
    share: {
      description: 'Share of the requests whose client goes away; `seed` draws which.',
      type: 'string',
      pattern: percentPattern,
      examples: ['10%'],
    },
    after: {
      description:
        'When it goes: with its first token, or so long after its request was sent, a duration or a distribution.',
      default: 'first_token',
      examples: ['first_token', '2s', { dist: 'exponential', mean: '3s' }],
      anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: true }],
    },
  },
  {
    description:
      'Clients that go away before their answer has ended: the connection is closed, and the request is neither a failure nor a success.',
    required: ['share'],
    examples: [{ share: '10%', after: 'first_token' }],
  },
)

/** `undefined` without the key, or where it cannot be used, which is reported. */
export function readCancel(
  { cancel }: Partial<BenchDocument>,
  report: Report,
): Leaving | undefined {
  if (cancel === undefined) return undefined
  const { after = 'first_token' } = cancel
  const share = Math.round(Number.parseFloat(cancel.share) * 1e4) / 1e6
  if (share === 0 || share === 1) {
    report(['cancel', 'share'], `must be at least 0.0001% and leave as much, got ${cancel.share}.`)
    return undefined
  }
  if (after === 'first_token') return { share, after: 'first-token' }
  if (typeof after === 'string' && parseDuration(after) === undefined) {
    const message = `must be first_token, a duration with its unit (us, ms, s, m, h) or a distribution, got "${after}".`
    report(['cancel', 'after'], message)
    return undefined
  }
  const time = readDistribution(after, ['cancel', 'after'], 'ms', report)
  return time && { share, after: time }
}
