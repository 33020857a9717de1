import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { local } from '../_certificates.ts'
import { chatEvent } from '../_server.ts'
import { createProject } from './_project.ts'

test('a target is trusted whose certificate stands in NODE_EXTRA_CA_CERTS, and no other, whatever the connections are', async () => {
  const server = createServer(local, (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chatEvent('a')}data: [DONE]\n\n`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const project = createProject({
    'local.pem': local.cert,
    'chat.yaml': `
url: https://localhost:${port}/v1/chat/completions
body: { messages: [{ role: user, content: hi }], stream: true }
requests: 60
slo: [success_rate >= 90%]
`,
  })
  project.write('undici.yaml', `${project.read('chat.yaml')}load: { transport: undici }\n`)
  const run = (spec: string, env = {}) => project.startSlogate(['run', '-c', spec], env).done
  const trust = { NODE_EXTRA_CA_CERTS: 'local.pem' }
  const [trusting, witness, doubting] = await Promise.all([
    run('chat.yaml', trust),
    run('undici.yaml', trust),
    run('chat.yaml'),
  ])
  for (const { text, code } of [trusting, witness]) {
    expect(text).toContain('PASS')
    expect(code).toBe(0)
  }
  const used = project.read('.vitest/slogate/undici/results.json')
  expect(JSON.parse(used)).toMatchObject({ load: { transport: 'undici' } })
  expect(doubting.text).toContain('self-signed certificate')
  expect(doubting.code).toBe(4)
})
