import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { serve } from '../_server.ts'
import { config, createProject } from './_project.ts'

const header = 'sk-in-a-header-0123456789'
const query = 'token-in-the-url-0123456789'
const variable = 'value-of-a-variable-0123456789'
const secrets = [header, query, variable]

test.each(['answers', 'repeats the request in its errors'])(
  'no secret reaches an artifact or the output when the target %s [T18]',
  { timeout: 120_000 },
  async (behaviour) => {
    const server = await serve((request, response) => {
      const echo = `${request.url} ${JSON.stringify(request.headers)}`
      if (behaviour === 'answers') {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const payload = { choices: [{ delta: { content: echo } }] }
        response.end(`data: ${JSON.stringify(payload)}\n\ndata: [DONE]\n\n`)
      } else {
        response.writeHead(401, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: { message: `bad key: ${echo}` } }))
      }
    })
    const project = createProject({
      'vitest.config.ts': config,
      'chat.bench.yaml': [
        `url: ${server.url}/v1/chat/completions?access_token=${query}`,
        'headers:',
        `  Authorization: "Bearer ${header}"`,
        '  X-Tenant: "${TENANT}"',
        'body: { stream: true, messages: [{ role: user, content: "${TENANT}" }] }',
        'stream_format: { type: openai-chat, output_path: choices.0.delta.content }',
        `server_metrics: ${server.url}/metrics?access_token=${query}`,
        'concurrency: 2',
        'requests: 20',
        'slo:',
        '  - success_rate >= 80%',
        '  - requests_per_second >= 1000000/s',
        '',
      ].join('\n'),
    })
    const env = { TENANT: variable }
    const outputs = [
      await project.vitest(['bench', '--run', '--reporter=default', '--reporter=junit'], env),
      await project.startSlogate(['run', '-c', 'chat.bench.yaml', '--out', 'cli-out'], env).done,
      await project.startSlogate(
        ['run', '-c', 'chat.bench.yaml', '--json', '--out', 'cli-json'],
        env,
      ).done,
      await project.startSlogate(['validate', 'chat.bench.yaml'], env).done,
    ]
    await server.close()
    expect(server.requests()).toBeGreaterThanOrEqual(66)

    const artifacts = filesBelow(project.folder).filter((file) => !file.endsWith('.bench.yaml'))
    expect(artifacts.some((file) => file.endsWith('requests.ndjson.gz'))).toBe(true)
    const texts = new Map([
      ...outputs.map(({ text }, index) => [`output ${index}`, text] as const),
      ...artifacts.map((file) => {
        const content = readFileSync(file)
        return [file, (file.endsWith('.gz') ? gunzipSync(content) : content).toString()] as const
      }),
    ])
    const leaks = [...texts].flatMap(([where, text]) =>
      secrets
        .flatMap((secret) => [secret, secret.slice(0, 12), Buffer.from(secret).toString('base64')])
        .filter((form) => text.includes(form))
        .map((form) => ({ where, form })),
    )
    expect(leaks).toEqual([])
  },
)

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}
