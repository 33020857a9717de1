import { expect, onTestFinished, test } from 'vitest'

import { type MockOptions, startMock } from '../../src/mock/index.ts'
import { finish } from './_process.ts'
import { fromPython, titleOf } from './_software.ts'

const asked = 20

/** Reads answers by the lines of httpx, as GuideLLM does, and prints how many came whole. */
const countWhole = `
import json, sys, httpx
whole = 0
for number in range(${asked}):
    usage = None
    body = {"prompt": "hi", "stream": True, "stream_options": {}, "max_tokens": 40}
    try:
        with httpx.stream("POST", sys.argv[1], json=body) as response:
            for line in response.iter_lines():
                if line.startswith("data: {"):
                    usage = json.loads(line[6:]).get("usage")
                if line == "data: [DONE]":
                    whole += usage["completion_tokens"] == 40
    except ValueError:
        pass
print(whole)
`

const httpx = fromPython('readers', 'python', 'httpx', 'httpx')

test.skipIf(httpx.path === undefined).each<[MockOptions['text'], (whole: number) => boolean]>([
  ['plain', (whole) => whole === asked],
  ['tricky', (whole) => whole < asked],
])(`${titleOf(httpx)} reads the lines of a mock whose text is %s`, async (text, isRight) => {
  const mock = await startMock({ profile: 'vllm', ttft: 0, itl: 0, text })
  onTestFinished(() => mock.stop())
  const args = ['-c', countWhole, `${mock.url}/v1/completions`]
  const said = await finish({ path: httpx.path ?? '', args })
  expect(said.text).toMatch(/^\d+\n$/)
  expect(Number(said.text)).toSatisfy(isRight)
})
