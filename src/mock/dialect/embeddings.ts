import type { Answer } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import type { Prompt } from '../latency/prefix-cache.ts'
import type { Fields } from '../plan/fields.ts'
import { keepKnown } from '../plan/known.ts'
import { createRandom } from '../plan/random.ts'
import { parseBody, readCount, readSampling, refuse } from './body.ts'
import type { Dialect } from './dialect.ts'
import { renderWhole } from './framing.ts'
import { countPrompt, readPrompts } from './prompts.ts'

const usualDimensions = 1024
const mostDimensions = 4096

/** /v1/embeddings of vLLM and OpenAI: a vector for each input, the same for the same input. */
export const embeddingsDialect: Dialect = {
  name: 'openai-embeddings',
  methods: ['POST'],
  readAsk,
  textKeys: ['embedding'],
  usageKeys: { generated: [], total: ['prompt_tokens', 'total_tokens'] },
}

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const inputs = readPrompts(body, 'input')
  const dimensions = readCount(body, 'dimensions', 1) ?? usualDimensions
  if (dimensions > mostDimensions) refuse('dimensions', `at most ${mostDimensions}`)
  const write = chooseFormat(body)
  const counts = inputs.map(countPrompt)
  return keepKnown<Ask>({
    ...readSampling(body),
    prompt: inputs[0] ?? '',
    promptTokens: counts.reduce((sum, tokens) => sum + tokens, 0),
    largestPrompt: Math.max(...counts),
    kinds: [],
    isPooled: true,
    render: (answer) =>
      renderEmbeddings(
        answer,
        inputs.map((input) => write(embed(input, dimensions))),
      ),
  })
}

function chooseFormat(body: Fields): (vector: Float32Array) => unknown {
  const format = body['encoding_format'] ?? 'float'
  if (format === 'float') return (vector) => [...vector]
  if (format !== 'base64') refuse('encoding_format', 'float or base64')
  return ({ buffer }) => Buffer.from(buffer).toString('base64')
}

/** Of length 1, as a model normalises it. */
function embed(input: Prompt, dimensions: number): Float32Array {
  const random = createRandom(0, 'embedding', JSON.stringify(input))
  const raw = Float64Array.from({ length: dimensions }, () => random() - 0.5)
  const length = Math.hypot(...raw)
  return Float32Array.from(raw, (value) => value / length)
}

function renderEmbeddings(answer: Answer, vectors: readonly unknown[]): Rendering {
  const { shape, promptTokens, ref, created, model } = answer
  const isVllm = shape.chunks === 'vllm'
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }))
  const counted = { prompt_tokens: promptTokens, total_tokens: promptTokens }
  const rest = { completion_tokens: 0, prompt_tokens_details: null }
  const usage = isVllm ? { ...counted, ...rest } : counted
  const body = keepKnown({
    id: isVllm ? `embd-${ref}` : undefined,
    object: 'list',
    created: isVllm ? created : undefined,
    model,
    data,
    usage: shape.usage === 'never' ? undefined : usage,
  })
  return renderWhole(body, answer)
}
