import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { readCodes, readTable, repository } from '../_pages.ts'
import { action, checkWorkflow } from './_workflow.ts'

const page = readFileSync(join(repository, 'docs/github-action.md'), 'utf8')
const folder = join(repository, '.github/workflows')

test.each(readdirSync(folder))(
  'the workflow %s of this repository asks for no more than it needs',
  (name) => {
    expect(checkWorkflow(readFileSync(join(folder, name), 'utf8'))).toEqual([])
  },
)

test('this repository uses its own action on pull requests', () => {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  expect(
    texts.filter((text) => /^ +- uses: \.\/$/m.test(text) && /^ +pull_request:/m.test(text)),
  ).toHaveLength(1)
})

test('a workflow that asks for too much is found', () => {
  const text = `
permissions: { contents: write }
jobs:
  bench:
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@v7
      - uses: somebody/action@main
      - run: echo \${{ github.head_ref }}
      - uses: ./
        with: { comment: true, spec: x }
`
  expect(checkWorkflow(text)).toHaveLength(6)
})

test('the documents list the inputs and outputs of the action, with their defaults', () => {
  const inputs = readTable(page, '| input | default | meaning |').map(([name, preset = '']) => [
    ...readCodes(name ?? ''),
    readCodes(preset)[0] ?? '',
  ])
  expect(inputs).toEqual(
    Object.entries(action.inputs).map(([name, input]) => [name, input.default]),
  )
  const outputs = readTable(page, '| output | holds |').map(([name = '']) => readCodes(name)[0])
  expect(outputs).toEqual(Object.keys(action.outputs))
})
