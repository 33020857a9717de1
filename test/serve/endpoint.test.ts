import { expect, test } from 'vitest'

import {
  checkTarget,
  isChat,
  targetPattern,
  toEndpoint,
  toModelsUrl,
} from '../../src/serve/endpoint.ts'
import { Refusal } from '../../src/serve/refusal.ts'
import { refuse } from './_request.ts'

test.for([
  ['http://localhost:8000/v1', 'http://localhost:8000/v1/chat/completions'],
  ['http://localhost:8000/v1/', 'http://localhost:8000/v1/chat/completions'],
  ['http://localhost:8000', 'http://localhost:8000/v1/chat/completions'],
  [' http://localhost:8000/ ', 'http://localhost:8000/v1/chat/completions'],
  ['http://localhost:8000/v1/chat/completions', 'http://localhost:8000/v1/chat/completions'],
  ['http://localhost:8000/v1/chat/completions/', 'http://localhost:8000/v1/chat/completions'],
  ['http://localhost:8000/v1/completions', 'http://localhost:8000/v1/completions'],
  ['http://host/openai/v1?api-version=2#x', 'http://host/openai/v1/chat/completions?api-version=2'],
] as const)('%s is the endpoint %s [S0.2]', ([given, endpoint]) => {
  expect(toEndpoint(given).href).toBe(endpoint)
})

test('the models are listed beside the endpoint, and prompts are asked for by its path', () => {
  const [chat, text] = ['http://h/v1', 'http://h/v1/completions'].map(toEndpoint)
  expect([toModelsUrl(chat!).href, toModelsUrl(text!).href]).toEqual([
    'http://h/v1/models',
    'http://h/v1/models',
  ])
  expect([isChat(chat!), isChat(text!)]).toEqual([true, false])
})

test.for(['localhost:8000', '/v1', 'file:///etc/passwd', 'ftp://host/', 'http://', 'http://[::1/'])(
  '%s is no URL that can be asked [S0.2]',
  (given) => {
    expect(refuse(() => toEndpoint(given))).toEqual([
      400,
      'api_url must be a URL of http or https, like http://127.0.0.1:8000/v1.',
    ])
  },
)

test('a password in the URL is refused, and not repeated', () => {
  expect(refuse(() => toEndpoint('http://user:hunter22@localhost/'))).toEqual([
    400,
    'api_url must hold no user and no password. Give a key as api_key.',
  ])
})

const check = (url: string, allowed: Parameters<typeof checkTarget>[1] = []): Promise<string> =>
  checkTarget(toEndpoint(url), allowed).then(
    () => 'may be sent to',
    (error: unknown) => {
      if (error instanceof Refusal && error.status === 403) return error.message
      throw error
    },
  )

test.for([
  'http://127.0.0.1:8000',
  'http://127.9.9.9',
  'http://2130706433',
  'http://0x7f.1',
  'http://[::1]:8000',
  'http://[::ffff:127.0.0.1]',
  'http://localhost:8000',
  'http://LOCALHOST',
])('%s is this machine [S0.32]', async (url) => {
  expect(await check(url)).toBe('may be sent to')
})

test.for([
  ['http://10.0.0.7:8000', '10.0.0.7:8000'],
  ['http://169.254.169.254/latest', '169.254.169.254'],
  ['http://0.0.0.0', '0.0.0.0'],
  ['http://[::]', '[::]'],
  ['http://[::ffff:10.0.0.7]', '[::ffff:a00:7]'],
  ['https://api.example.com/v1', 'api.example.com'],
  // They may well stand for this machine now, and for another one when it is connected to.
  ['http://localhost.example.com', 'localhost.example.com'],
  ['http://127.0.0.1.nip.io', '127.0.0.1.nip.io'],
] as const)('%s is not, and needs leave [S0.32]', async ([url, host]) => {
  expect(await check(url)).toContain(`--allow-target ${host}`)
})

test('leave is given by host, for all of its ports or one [S0.32]', async () => {
  const allowed = ['llm.example.com', '10.0.0.7:8000', '[fd00::1]:80']
  expect(allowed.every((target) => targetPattern.test(target))).toBe(true)
  for (const url of [
    'https://LLM.example.com:9000/v1',
    'http://10.0.0.7:8000',
    'http://[fd00::1]',
  ]) {
    expect(await check(url, allowed)).toBe('may be sent to')
  }
  for (const url of ['http://10.0.0.7', 'http://10.0.0.7:8001', 'http://a.llm.example.com']) {
    expect(await check(url, allowed)).toContain('--allow-target')
  }
  expect(await check('http://anywhere.example', 'any')).toBe('may be sent to')
})

test.for(['http://host', 'host/path', 'a b', 'user@host', 'host:port', ''])(
  '%j is no target that can be allowed',
  (text) => {
    expect(targetPattern.test(text)).toBe(false)
  },
)
