const ofMetrics =
  'src/metrics may import of ours: bench-spec, engine/packed-records.ts, engine/record.ts; not'
const ofNode =
  'src/metrics is pure and may import of Node: crypto, path, string_decoder, util, zlib; not'

/** Lines that the fence refuses: what each is, the room it is planted in, and the linter's words. */
export const plants: readonly (readonly [
  what: string,
  room: string,
  line: string,
  message: string,
])[] = [
  ['an import', 'metrics', `import '../engine/loop.ts'`, `${ofMetrics} engine/loop.ts`],
  ['a type', 'metrics', `import type { A } from '../run/bench.ts'`, `${ofMetrics} run/bench.ts`],
  ['a type in place', 'metrics', `let a: import('../run/bench.ts').A`, `${ofMetrics} run/bench.ts`],
  ['an export', 'metrics', `export { a } from '../run/bench.ts'`, `${ofMetrics} run/bench.ts`],
  ['a whole export', 'metrics', `export * from '../run/bench.ts'`, `${ofMetrics} run/bench.ts`],
  ['a late import', 'metrics', `await import('../run/bench.ts')`, `${ofMetrics} run/bench.ts`],
  ['a template', 'metrics', 'await import(`../run/bench.ts`)', `${ofMetrics} run/bench.ts`],
  ['require', 'metrics', `import a = require('../run/bench.ts')`, `${ofMetrics} run/bench.ts`],
  ['a computed import', 'metrics', `await import(a)`, 'an import says what it imports'],
  [
    'a detour',
    'metrics',
    `import '../bench-spec/../engine/loop.ts'`,
    `${ofMetrics} engine/loop.ts`,
  ],
  ['a deep file', 'metrics/a/b', `import '../../../cli/main.ts'`, `${ofMetrics} cli/main.ts`],
  [
    'a namesake',
    'metrics',
    `import '../mock/metrics/truth.ts'`,
    `${ofMetrics} mock/metrics/truth.ts`,
  ],
  ['a test', 'metrics', `import '../../test/_server.ts'`, `${ofMetrics} ../test/_server.ts`],
  ['the mock in a stage', 'metrics', `import '../mock/index.ts'`, `${ofMetrics} mock/index.ts`],
  [
    'the URL of a file of another room',
    'engine',
    `new URL('../mock/main.ts', import.meta.url)`,
    'src/engine may name the URLs of its own files; not mock/main.ts',
  ],
  [
    'a URL that ends with a value',
    'engine',
    'new URL(`../mock/main${a}`, import.meta.url)',
    'src/engine may name the URLs of its own files; not mock/main',
  ],
  [
    'a file of ours in the mock',
    'mock/plan',
    `import '../../bench-spec/slo.ts'`,
    'src/mock/plan may import of ours: nothing; not bench-spec/slo.ts',
  ],
  [
    'a higher floor of the mock',
    'mock/latency',
    `import '../serving/server.ts'`,
    'src/mock/latency may import of ours: mock/plan; not mock/serving/server.ts',
  ],
  [
    'a side door of the mock',
    'calibration',
    `import '../mock/options/options.ts'`,
    'src/calibration may import of ours: bench-spec, engine, metrics, verdict, results, mock/index.ts; not mock/options/options.ts',
  ],
  [
    'an edge',
    'github',
    `import '../cli/main.ts'`,
    'src/github may import of ours: bench-spec, results, report, verdict/exit-code.ts, verdict/policy.ts; not cli/main.ts',
  ],

  [
    'a package',
    'engine',
    `import 'undici'`,
    'only src/engine/undici-connection.ts may import undici',
  ],
  [
    'a type',
    'engine',
    `import type { A } from 'undici'`,
    'only src/engine/undici-connection.ts may import undici',
  ],
  [
    'a part',
    'bench-spec',
    `import 'csv-parse/a'`,
    'only src/bench-spec/dataset.ts may import csv-parse',
  ],
  [
    'a part',
    'github',
    `import '@actions/core/a'`,
    'only src/github/workflow-commands.ts may import @actions/core',
  ],
  ['vitest in the other edge', 'cli', `import 'vitest/node'`, 'only src/vitest may import vitest'],
  ['a package of the tests', 'cli', `import 'openai'`, 'no file may import openai'],
  ['a package that is not there', 'cli', `import '@left/pad/a'`, 'no file may import @left/pad'],
  ['this package', 'cli', `import 'slogate/vitest'`, 'no file may import slogate'],
  [
    'a path to a package',
    'metrics',
    `import '../../node_modules/ajv'`,
    `${ofMetrics} ../node_modules/ajv`,
  ],

  ['files', 'metrics', `import 'node:fs'`, `${ofNode} fs`],
  ['files by their short name', 'metrics', `import 'fs'`, `${ofNode} fs`],
  ['files, later', 'metrics', `await import('node:fs/promises')`, `${ofNode} fs/promises`],
  ['the time', 'metrics', `Date.now()`, 'src/metrics is pure and may not use Date'],
  ['a date of now', 'metrics', `new Date()`, 'src/metrics is pure and may not use Date'],
  ['the text of now', 'metrics', `Date()`, 'src/metrics is pure and may not use Date'],
  ['a clock to pass on', 'metrics', `new Set(Date)`, 'src/metrics is pure and may not use Date'],
  [
    'performance',
    'metrics',
    `performance.now()`,
    'src/metrics is pure and may not use performance',
  ],
  [
    'a hidden clock',
    'metrics',
    `globalThis.Date`,
    'src/metrics is pure and may not use globalThis',
  ],
  ['a timer', 'metrics', `setTimeout(() => {})`, 'src/metrics is pure and may not use setTimeout'],
  ['the console', 'metrics', `console.log()`, 'src/metrics is pure and may not use console'],
]

/** Lines like those above that no rule of the fence may refuse. */
export const harmless: readonly (readonly [what: string, room: string, line: string])[] = [
  ['a date of a given value', 'metrics', `new Date(0)`],
  ['a date that is read', 'metrics', `Date.parse('2000-01-01') + Date.UTC(2000)`],
  ['the type of a date', 'metrics', `export let a: Date`],
  ['an own name', 'metrics', `const process = 1; export const performance = process`],
  ['a property', 'metrics', `export const a = (b: { process: 1 }) => b.process`],
  ['a clock in a room that has one', 'engine', `performance.now()`],
  ['files in a room that has some', 'run', `import 'node:fs/promises'`],
  ['the URL of an own file', 'engine', 'new URL(`./process${a}`, import.meta.url)'],
  ['the URL of what is no source', 'engine', `new URL('../../package.json', import.meta.url)`],
]
