import { describe, expect, onTestFinished, test } from 'vitest'

import { findPort, flags, launch } from './_process.ts'
import { llamaCpp, type Server, vllm } from './_servers.ts'
import { titleOf } from './_software.ts'
import { requests, writeSpec } from './_specs.ts'
import { runSlogate } from './_user.ts'

const slo = ['success_rate >= 80%']

/** Origin of a server that ends with the test. */
async function start(server: Server, more: readonly string[] = []): Promise<string> {
  const port = await findPort()
  const origin = `http://127.0.0.1:${port}`
  const command = server.command(server.software.path ?? '', port)
  const args = [...command.args, ...more]
  onTestFinished(await launch({ ...command, args }, origin + server.ready))
  return origin
}

describe.skipIf(llamaCpp.software.path === undefined)(titleOf(llamaCpp.software), () => {
  test('loses no request to connections that it closes behind each answer', async () => {
    const origin = await start(llamaCpp)
    const keys = { concurrency: 1 }
    const spec = writeSpec('chat', { origin, model: llamaCpp.model, slo, keys })
    const { results } = await runSlogate('engines/closing', spec)
    expect(results.summary.failures).toEqual([])
    expect(results.summary.requests.completed).toBe(requests)
  })

  test('is read as Anthropic’s without message_start', async () => {
    // A first token that is half a character is held back, and with it the event that begins a message.
    const origin = await start(llamaCpp, flags({ grammar: 'root ::= "ä" [a-z ]+' }))
    const keys = { stream_format: undefined }
    const spec = writeSpec('messages', { origin, model: llamaCpp.model, slo, keys })
    const { results } = await runSlogate('engines/headless', spec)
    expect(results.stream.dialects).toEqual([{ name: 'anthropic', count: requests }])
    expect(results.summary.token_basis).toBe('usage')
  })
})

describe.skipIf(vllm.software.path === undefined)(titleOf(vllm.software), () => {
  test('is not taken for shared because a request has two choices', async () => {
    const origin = await start(vllm)
    const spec = writeSpec('chat', {
      origin,
      model: vllm.model,
      slo,
      body: { n: 2, temperature: 1 },
      keys: { server_metrics: true },
    })
    const { results } = await runSlogate('engines/choices', spec)
    expect(results.summary.requests.completed).toBe(requests)
    expect(results.server?.output_tokens?.server).toBe(results.summary.output_tokens)
    expect(results.diagnostics.map(({ id }) => id)).not.toContain('server-shared')
  })
})
