import type { Expectation } from '../../src/bench-spec/expectation.ts'
import { compileAnswerSchema } from '../../src/bench-spec/schema-check.ts'
import { compileExpectation } from '../../src/stream/expectation.ts'
import { createReader } from '../../src/stream/read.ts'
import { loadRecordings } from '../stream/recording.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer, tell } from './fuzzer.ts'
import { mutateBytes } from './mutation.ts'

const words = ['null', '[]', '{}', '""', '1e999', '"__proto__":1', '"\\ud800"', '[['.repeat(9000)]

const paths = ['data.*.embedding', 'choices.0.message', '*', '*.*', '0', 'usage', '__proto__', 'id']

/** A list in a list in a list, and so on. */
const nested = { $defs: { list: { items: { $ref: '#/$defs/list' } } }, $ref: '#/$defs/list' }

const schemas = [nested, { required: ['id'] }, { uniqueItems: true }, false].map((schema) => ({
  source: 's.json',
  schema,
}))

/** Compiled once: that takes longer than all else. */
const judges = new Map(
  schemas.map(({ schema }) => [schema as unknown, compileAnswerSchema(schema)]),
)
const alwaysFits = (): undefined => undefined

/** Whole answers that were recorded, spoilt, and compared with anything. */
export const expectations: Fuzzer = {
  name: 'expectations',
  purpose:
    'spoilt whole answers: compared with anything, never an exception, and one line that is short',
  cases: 10_000,
  slice: 200,
  start() {
    const recordings = loadRecordings().filter(({ name }) => name.startsWith('whole-'))
    return {
      attempt(chance) {
        const bytes = mutateBytes(chance.pick(recordings).bytes, chance, words)
        const expected = drawExpectation(chance)
        const input = { body: bytes.toString('latin1'), expected }
        tell('comparing failed', input, () => {
          const check = compileExpectation(expected, (schema) => judges.get(schema) ?? alwaysFits)
          const reader = createReader({ dialect: 'json' }, undefined, {
            keepOutput: check.needsOutput,
            keepToolNames: check.needsToolNames,
            mayFail: chance.happens(0.5),
          })
          reader.feed(bytes, 1)
          if (reader.end(2) !== undefined) return
          const message = check.explain(reader, (text) => text.slice(0, 100))
          if (message?.trim() === '') throw new Finding('a failure without words', input)
          if ((message?.length ?? 0) > 5000) throw new Finding('a long message', input)
        })
      },
    }
  },
}

function drawExpectation(chance: Chance): Expectation {
  const schema = chance.pick(schemas)
  return chance.pick<Expectation>([
    { values: [{ path: chance.pick(paths) }] },
    { values: [{ path: chance.pick(paths), length: chance.below(5) }] },
    { values: [{ path: chance.pick(paths), equals: chance.pick([null, 'stop', { a: [1] }]) }] },
    { values: [{ path: chance.pick(paths), matches: '^\\w+$' }] },
    { schema },
    { output: { contains: 'Rhine', json: true, schema } },
    { toolCall: 'get_weather' },
  ])
}
