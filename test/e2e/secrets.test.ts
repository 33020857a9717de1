import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { chatEvent, serve } from '../_server.ts'
import { encodings, keys } from '../bench-spec/_secrets.ts'
import { config, createProject } from './_project.ts'

const header = keys['jwt'] ?? ''
const query = 'token-in-the-url-0123456789'
const variables = {
  TENANT: 'value-of-a-variable-0123456789',
  // As `$(cat key)` and a file with a line end at its end give it.
  QUERY: `${query}\n`,
  PROMPT: keys['lines'] ?? '',
  TYPED_KEY: keys['punctuated'] ?? '',
  // Neither by its name nor by its look.
  WORDS: 'marked by hand, 0123456789',
}
const secrets = [header, ...Object.values(variables)]

type Answer = (response: Parameters<RequestListener>[1], text: string) => void

const answers: Answer[] = [
  (response, text) => {
    response.writeHead(401, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { message: `bad key: ${text}` } }))
  },
  (response, text) => {
    response.writeHead(401, { 'content-type': 'text/plain' })
    response.end(`bad key: ${text}`)
  },
  (response, text) => {
    response.writeHead(302, { location: `/?key=${text.replace(/[^ -~]/g, '')}` })
    response.end()
  },
  (response, text) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`data: ${JSON.stringify({ error: { message: text } })}\n\n`)
  },
  (response, text) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`<html>${text}</html>`)
  },
]

const encoders = Object.values(encodings)
/** Where a body, a message and what is shown of it are cut. */
const cuts = [0, 190, 990, 4090]

/** Every answer repeats a secret in another form, in another place, before another cut. */
function repeatInErrors(): RequestListener {
  let count = 0
  return (_request, response) => {
    const n = count++
    const secret = secrets[n % secrets.length] ?? ''
    const form = encoders[n % encoders.length]?.(secret) ?? ''
    answers[n % answers.length]?.(response, '.'.repeat(cuts[n % cuts.length] ?? 0) + form)
  }
}

const behaviours: Record<string, () => RequestListener> = {
  answers: () => (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const echo = [request.url, JSON.stringify(request.headers), ...secrets, btoa(header)].join(' ')
    response.end(`${chatEvent(echo)}data: [DONE]\n\n`)
  },
  'repeats what it was sent in its errors': repeatInErrors,
}

test.each(Object.entries(behaviours))(
  'no secret reaches an artifact or the output when the target %s [S1.48] [T18]',
  { timeout: 120_000 },
  async (_, behave) => {
    const server = await serve(behave())
    const target = `${server.url}/v1/chat/completions?access_token=`
    const project = createProject({
      'vitest.config.ts': config,
      'chat.bench.yaml': [
        `url: "${target}\${QUERY}"`,
        'headers:',
        `  Authorization: "Bearer ${header}"`,
        '  X-Tenant: "${TENANT}"',
        'body: { stream: true, messages: [{ role: user, content: "${TENANT} ${PROMPT}" }], user: "${TYPED_KEY}", more: "${WORDS}" }',
        'stream_format: { type: openai-chat, output_path: choices.0.delta.content }',
        `server_metrics: ${server.url}/metrics?access_token=${query}`,
        'concurrency: 2',
        'requests: 60',
        'slo:',
        '  - success_rate >= 80%',
        '  - requests_per_second >= 1000000/s',
        '',
      ].join('\n'),
      'typed.bench.ts': `
import { defineBench, secret } from 'slogate/vitest'
const { TENANT, QUERY, PROMPT, TYPED_KEY, WORDS } = process.env
secret(${JSON.stringify(header)})
for (const each of [TENANT, QUERY, PROMPT]) secret(each)
export default defineBench({
  url: '${target}' + encodeURIComponent(QUERY),
  headers: { 'x-tenant': TENANT },
  body: { stream: true, user: 'user ' + TYPED_KEY, more: secret(WORDS) },
  stream_format: { type: 'openai-chat', output_path: 'choices.0.delta.content' },
  concurrency: 2,
  requests: 40,
  slo: { success_rate: '>= 80%' },
})
`,
    })
    const outputs = [
      await project.vitest(['bench', '--run', '--reporter=default', '--reporter=junit'], variables),
      await project.startSlogate(['run', '-c', 'chat.bench.yaml', '--out', 'cli-out'], variables)
        .done,
      await project.startSlogate(
        ['run', '-c', 'chat.bench.yaml', '--json', '--out', 'cli-json'],
        variables,
      ).done,
      await project.startSlogate(['validate', 'chat.bench.yaml'], variables).done,
    ]
    await server.close()
    expect(server.requests()).toBeGreaterThanOrEqual(220)

    const artifacts = filesBelow(project.folder).filter((file) => !/\.bench\.\w+$/.test(file))
    expect(artifacts.filter((file) => file.endsWith('requests.ndjson.gz'))).toHaveLength(4)
    const texts = new Map([
      ...outputs.map(({ text }, index) => [`output ${index}`, text] as const),
      ...artifacts.map((file) => {
        const content = readFileSync(file)
        return [file, (file.endsWith('.gz') ? gunzipSync(content) : content).toString()] as const
      }),
    ])
    const forbidden = listPieces()
    const leaks = [...texts].flatMap(([where, text]) => {
      for (let at = 0; at + pieceLength <= text.length; at++) {
        const piece = text.slice(at, at + pieceLength)
        if (forbidden.has(piece)) return [{ where, piece, in: text.slice(at - 60, at + 60) }]
      }
      return []
    })
    expect(leaks).toEqual([])
  },
)

const pieceLength = 12

/** Every piece of every secret, also of what it is in the forms that could be read back. */
function listPieces(): Set<string> {
  const pieces = new Set<string>()
  for (const secret of secrets) {
    for (const encode of encoders) {
      const text = encode(secret.trim())
      for (let at = 0; at + pieceLength <= text.length; at++) {
        pieces.add(text.slice(at, at + pieceLength))
      }
    }
  }
  return pieces
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}
