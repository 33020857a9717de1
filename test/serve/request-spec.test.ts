import { expect, test } from 'vitest'

import { prepare } from '../../src/bench-spec/template.ts'
import { toEndpoint } from '../../src/serve/endpoint.ts'
import { readParameters } from '../../src/serve/parameters.ts'
import { toSpec } from '../../src/serve/request-spec.ts'
import { createShelf } from '../../src/serve/shelf.ts'
import { createFolder } from '../cli/_folder.ts'
import { asked, limits, refuse } from './_request.ts'

const shelf = createShelf(undefined)

function specOf(more: object, prompts = shelf.find('openqa')) {
  const parameters = readParameters({ ...asked, ...more }, limits)
  return toSpec(parameters, toEndpoint(parameters.apiUrl), prompts)
}

test('a benchmark is as many requests as were asked for, none before them, and no SLO [S0.1] [S0.3] [S0.10]', () => {
  const { load, slos, timeouts } = specOf({})
  expect(load).toMatchObject({ kind: 'closed', concurrency: 3, requests: 100, warmup: 0 })
  expect(slos).toEqual([])
  expect(timeouts.total).toBe(300_000)
})

test('model, tokens and key are sent, and each question in its turn [S0.4–S0.8]', () => {
  const [first, second] = prepare(specOf({}))
  expect(first).toMatchObject({
    url: 'http://localhost:8000/v1/chat/completions',
    method: 'POST',
    headers: expect.objectContaining({ Authorization: 'Bearer your-api-key' }),
  })
  const body = JSON.parse(String(first?.body))
  expect(body).toEqual({
    model: 'test-model',
    messages: [
      {
        role: 'user',
        content: 'What causes the tides, and why are there usually two high tides a day?',
      },
    ],
    min_tokens: 50,
    max_tokens: 100,
    stream: true,
    stream_options: { include_usage: true },
  })
  expect(String(second?.body)).toContain('为什么海水是咸的')
})

test('an endpoint of completions is sent prompts; a least of 0 tokens is not asked for [S0.2] [S0.5]', () => {
  const [first] = prepare(specOf({ api_url: 'http://localhost/v1/completions', 'min-tokens': 0 }))
  const body = JSON.parse(String(first?.body))
  expect(Object.keys(body).toSorted()).toEqual([
    'max_tokens',
    'model',
    'prompt',
    'stream',
    'stream_options',
  ])
})

test('the key is a secret of its spec, and of no other [S0.8]', () => {
  expect(specOf({}).secrets.map(({ value }) => value)).toContain('your-api-key')
  const { api_key: _, ...rest } = asked
  const parameters = readParameters(rest, limits)
  const other = toSpec(parameters, toEndpoint(parameters.apiUrl), shelf.find('openqa'))
  // What other tests of this process have marked by hand stays marked.
  expect(other.secrets.filter(({ label }) => label !== '[secret]')).toEqual([])
  expect(other.target.headers).not.toHaveProperty('Authorization')
})

test('what a client writes is no reference to a variable of the server', () => {
  const variable = '${HOME} $${HOME} ${'
  const [first] = prepare(specOf({ model: variable, api_key: '${HOME}/${PATH}' }))
  expect(JSON.parse(String(first?.body)).model).toBe(variable)
  expect(first?.headers).toMatchObject({ Authorization: 'Bearer ${HOME}/${PATH}' })
})

test('what cannot be run is refused with the words of the spec', () => {
  const folder = createFolder({ 'gaps.jsonl': '{"question": "x"}\n{"id": 1}\n' })
  const [status, words] = refuse(() => specOf({}, createShelf(folder).find('gaps.jsonl')))
  expect([status, words]).toEqual([400, expect.stringContaining('row 2 of gaps.jsonl')])
})
