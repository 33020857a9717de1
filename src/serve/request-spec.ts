import type { BenchDocument } from '../bench-spec/bench-document.ts'
import { SpecError } from '../bench-spec/issue.ts'
import { keepKnown } from '../bench-spec/known.ts'
import { cleanMessage } from '../bench-spec/plain-text.ts'
import { type CheckedSpec, checkSpec } from '../run/checked-spec.ts'
import { isChat } from './endpoint.ts'
import type { Parameters } from './parameters.ts'
import { Refusal } from './refusal.ts'
import type { Prompts } from './shelf.ts'

/**
 * The spec of a benchmark: as many requests as were asked for, none of them warm-up, and no SLO. The
 * key stands in a header alone, by which it is known to be a secret of this spec, and of no other.
 * @throws {Refusal} 400 when it cannot be run.
 */
export function toSpec(parameters: Parameters, endpoint: URL, prompts: Prompts): CheckedSpec {
  const { model, minTokens, maxTokens, apiKey } = parameters
  const prompt = `{{${prompts.source.column}}}`
  const document: BenchDocument = {
    name: 'benchmark',
    url: toLiteral(endpoint.href),
    headers: apiKey === undefined ? {} : { Authorization: toLiteral(`Bearer ${apiKey}`) },
    body: {
      model: toLiteral(model),
      ...(isChat(endpoint) ? { messages: [{ role: 'user', content: prompt }] } : { prompt }),
      ...keepKnown<{ min_tokens?: number }>({ min_tokens: minTokens > 0 ? minTokens : undefined }),
      max_tokens: maxTokens,
      stream: true,
      stream_options: { include_usage: true },
    },
    data_source: { ...prompts.source },
    concurrency: parameters.parallel,
    requests: parameters.requests,
    warmup: false,
  }
  try {
    // No variable of the server is any business of its clients.
    return checkSpec(document, { env: {}, baseDir: prompts.directory, name: 'benchmark' })
  } catch (error) {
    if (!(error instanceof SpecError)) throw error
    throw new Refusal(400, cleanMessage(error.issues.map(({ message }) => message).join(' ')))
  }
}

/** A text of a document in which nothing is a reference to a variable. */
function toLiteral(text: string): string {
  return text.replaceAll('${', () => '$${')
}
