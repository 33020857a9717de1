import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { LLMock } from '@copilotkit/aimock'
import { expect, onTestFinished, test } from 'vitest'

import { config, createProject } from './_project.ts'

test(
  'the chat spec of this repository, unchanged, against an OpenAI-compatible server of other people',
  { timeout: 120_000 },
  async () => {
    const server = new LLMock({ port: 0, host: '127.0.0.1', latency: 5, chunkSize: 8 })
    const answer = 'An answer that is long enough to come in more than one piece: 你好 👋.'
    server.on({}, { content: answer })
    await server.start()
    onTestFinished(() => server.stop())

    const project = createProject({ 'vitest.config.ts': config })
    cpSync(fileURLToPath(new URL('../../bench', import.meta.url)), `${project.folder}/bench`, {
      recursive: true,
    })
    const { code, text } = await project.vitest(['bench', '--run', 'bench/chat.bench.yaml'], {
      SLOGATE_URL: server.url,
    })
    const results = JSON.parse(project.read('.vitest/slogate/bench/chat/results.json'))
    expect(results.target).toMatchObject({
      url: `${server.url}/v1/chat/completions`,
      hermetic: false,
    })
    expect(results.summary.requests).toMatchObject({ total: 900, completed: 900, failed: 0 })
    expect(results.stream.dialects).toEqual([{ name: 'openai-chat', count: 900 }])
    // Pieces of eight characters, ten of them after the first.
    const pieces = Math.ceil(answer.length / 8)
    expect(results.summary.chunk_gap_ms.count).toBe(900 * (pieces - 1))
    expect(text).toContain('✓ success_rate >= 99%')
    expect(code).toBe(results.verdict.exit_code === 0 ? 0 : 1)
  },
)
