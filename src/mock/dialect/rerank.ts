import type { Answer } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import { type Fields, isFields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import { createRandom } from '../plan/random.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import { parseBody, readCount, readFlag, readSampling, refuse } from './body.ts'
import type { Dialect } from './dialect.ts'
import { renderWhole } from './framing.ts'

const mostDocuments = 1000

/** /rerank of Jina, as vLLM has it: the documents by how many words of the query they share. */
export const rerankDialect: Dialect = {
  name: 'rerank',
  methods: ['POST'],
  readAsk,
  textKeys: ['text'],
  usageKeys: { generated: [], total: ['prompt_tokens', 'total_tokens'] },
}

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const { query } = body
  if (typeof query !== 'string' || query === '') refuse('query', 'a text')
  const documents = readDocuments(body)
  const most = readCount(body, 'top_n', 0) ?? 0
  const keepsTexts = readFlag(body, 'return_documents', true)
  const counts = documents.map((document) => countPromptTokens(query + document))
  return keepKnown<Ask>({
    ...readSampling(body),
    prompt: query,
    promptTokens: counts.reduce((sum, tokens) => sum + tokens, 0),
    largestPrompt: Math.max(...counts),
    kinds: [],
    isPooled: true,
    render(answer) {
      const ranked = documents
        .map((document, index) =>
          keepKnown({
            index,
            document: keepsTexts ? { text: document } : undefined,
            relevance_score: score(query, document),
          }),
        )
        .sort((a, b) => b.relevance_score - a.relevance_score)
      return renderRanks(answer, most === 0 ? ranked : ranked.slice(0, most))
    },
  })
}

function readDocuments(body: Fields): readonly string[] {
  const given = body['documents']
  const list: unknown[] = Array.isArray(given) ? given : []
  const texts = list
    .map((document) => (isFields(document) ? document['text'] : document))
    .filter((text) => typeof text === 'string')
  if (texts.length === 0 || texts.length < list.length || list.length > mostDocuments) {
    refuse('documents', 'a list of texts')
  }
  return texts
}

/** Between 0 and 1, the same for the same texts; a tenth of it is luck. */
function score(query: string, document: string): number {
  const words = new Set(listWords(query))
  const found = new Set(listWords(document).filter((word) => words.has(word)))
  const luck = createRandom(0, 'rank', JSON.stringify([query, document]))()
  return Math.fround(0.9 * (found.size / Math.max(1, words.size)) + 0.1 * luck)
}

/** A Chinese character is a word. */
function listWords(text: string): string[] {
  return text.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+/gu) ?? []
}

function renderRanks(answer: Answer, results: readonly object[]): Rendering {
  const { shape, promptTokens, ref, model } = answer
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens }
  const body = keepKnown({
    id: `rerank-${ref}`,
    model,
    usage: shape.usage === 'never' ? undefined : usage,
    results,
  })
  return renderWhole(body, answer)
}
