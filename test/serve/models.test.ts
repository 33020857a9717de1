import { expect, onTestFinished, test } from 'vitest'

import { listModels } from '../../src/serve/models.ts'
import { serve } from '../_server.ts'

async function listOf(answer: string, apiKey?: string): Promise<unknown> {
  const server = await serve((_request, response) => response.end(answer))
  onTestFinished(() => server.close())
  return listModels(new URL(`${server.url}/v1/models`), apiKey)
}

const two = '{"data": [{"id": "test-model"}, {"id": "EMPTY-7b"}, {"id": 7}, null]}'

test.for(['test', 'EMPTY', undefined])(
  'names of models stay as they are, whatever of them stands for a key: %s',
  async (key) => {
    expect(await listOf(two, key)).toEqual({ data: [{ id: 'test-model' }, { id: 'EMPTY-7b' }] })
  },
)

test('a name that holds the key is shown without it', async () => {
  const key = 'sk-0123456789abcdef'
  const list = await listOf(JSON.stringify({ data: [{ id: `m ${key}\u001b[31m` }] }), key)
  expect(JSON.stringify(list)).not.toContain(key)
  expect(JSON.stringify(list)).not.toContain('\\u001b')
})

test.for(['', '[]', '{"data": {}}', '<html>'])('what is no list is refused: %j', async (answer) => {
  await expect(listOf(answer)).rejects.toMatchObject({
    status: 502,
    message: 'The target answered no list of models to /v1/models.',
  })
})
