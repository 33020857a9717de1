import { cleanMessage } from '../bench-spec/plain-text.ts'
import { createRedactor } from '../bench-spec/redaction.ts'
import { findSecrets } from '../bench-spec/secret.ts'
import { Refusal } from './refusal.ts'

/** ms, bytes, models. */
const patience = 5_000
const mostBytes = 2 ** 20
const mostModels = 1_000

export interface ModelsDocument {
  data: { id: string }[]
}

/**
 * Asks a server for its models. What it says is cleaned, and secrets are out of it.
 * @throws {Refusal} 503 when it cannot be reached, 502 when it answers anything else.
 */
export async function listModels(url: URL, apiKey: string | undefined): Promise<ModelsDocument> {
  const headers: Readonly<Record<string, string>> =
    apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  const { redact } = createRedactor(findSecrets({ url: url.href, headers }))
  const clean = (text: string, limit: number): string => cleanMessage(redact(text), limit)
  const { status, text } = await ask(url, headers)
  if (status !== 200) {
    throw new Refusal(
      502,
      `The target answered HTTP ${status} to ${url.pathname}: ${clean(text, 300)}`,
    )
  }
  const models = readModels(text)
  if (models === undefined) {
    throw new Refusal(502, `The target answered no list of models to ${url.pathname}.`)
  }
  return { data: models.slice(0, mostModels).map((id) => ({ id: clean(id, 256) })) }
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    })
    return { status: response.status, text: await readStart(response) }
  } catch (error) {
    const { name, cause } = error as Error
    const code = (cause as NodeJS.ErrnoException | undefined)?.code
    const reason =
      name === 'TimeoutError'
        ? `no answer within ${patience / 1000} s`
        : (code ?? 'the connection failed')
    throw new Refusal(503, `The target cannot be reached: ${reason}. Is it running at api_url?`)
  }
}

/** Nothing that is longer is a list of models. */
async function readStart({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    chunks.push(chunk)
    size += chunk.length
    if (size > mostBytes) break
  }
  return Buffer.concat(chunks).toString()
}

function readModels(text: string): string[] | undefined {
  try {
    const { data } = Object(JSON.parse(text)) as { data?: unknown }
    if (!Array.isArray(data)) return undefined
    return data.flatMap((model: unknown) => {
      const { id } = Object(model) as { id?: unknown }
      return typeof id === 'string' && id !== '' ? [id] : []
    })
  } catch {
    return undefined
  }
}
