/** What a run passes through, in the order in which its data flows. */
const stages = ['bench-spec', 'stream', 'engine', 'metrics', 'verdict', 'results', 'report']

/** What an edge may import of ours. */
const belowEdges = [...stages, 'calibration', 'run', 'github', 'version.ts']

/** Floors of the mock, the lowest first; each may import from those before it. */
const floors = [
  'mock/plan',
  'mock/latency',
  'mock/answer',
  'mock/dialect',
  'mock/fault',
  'mock/metrics',
  'mock/options',
  'mock/serving',
]

/**
 * What a file of a room may import of ours, beside its own room: rooms, and single files of others.
 * A file below `src/` that is in none of these rooms is itself refused.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  'bench-spec': [],
  stream: ['bench-spec'],
  engine: ['bench-spec', 'stream'],
  metrics: ['bench-spec', 'engine/packed-records.ts', 'engine/record.ts'],
  verdict: ['bench-spec', 'engine/record.ts', 'metrics'],
  results: ['bench-spec', 'engine/packed-records.ts', 'engine/record.ts', 'metrics', 'verdict'],
  report: [
    'bench-spec',
    'engine/packed-records.ts',
    'engine/record.ts',
    'metrics/client-error.ts',
    'metrics/concurrency.ts',
    'metrics/goodput.ts',
    'metrics/measure.ts',
    'metrics/observation.ts',
    'metrics/sample.ts',
    'metrics/sequence.ts',
    'metrics/throughput.ts',
    'verdict/budget.ts',
    'verdict/decision.ts',
    'verdict/dependence.ts',
    'verdict/exact.ts',
    'verdict/feasibility.ts',
    'verdict/holm.ts',
    'verdict/ranking.ts',
    'verdict/tails.ts',
    'results',
  ],
  calibration: ['bench-spec', 'engine', 'metrics', 'verdict', 'results', 'mock/index.ts'],
  run: [...stages, 'calibration', 'version.ts', 'mock/index.ts'],
  github: ['bench-spec', 'results', 'report', 'verdict/exit-code.ts', 'verdict/policy.ts'],
  serve: belowEdges,
  cli: [...belowEdges, 'serve/endpoint.ts', 'serve/server.ts', 'mock/index.ts'],
  vitest: belowEdges,
  'index.ts': belowEdges,
  'version.ts': [],
  ...Object.fromEntries(floors.map((floor, height) => [floor, floors.slice(0, height)])),
  'mock/index.ts': floors,
  'mock/main.ts': floors,
}

/** The one file that imports a package, or the room. A package without a line is refused. */
export const owners: Readonly<Record<string, string>> = {
  '@actions/core': 'github/workflow-commands.ts',
  '@jridgewell/gen-mapping': 'vitest/compile.ts',
  ajv: 'bench-spec/schema-check.ts',
  'csv-parse': 'bench-spec/dataset.ts',
  'd3-array': 'report/html/bins.ts',
  'd3-scale': 'report/html/scale.ts',
  'd3-shape': 'report/html/line.ts',
  'eventsource-parser': 'stream/sse.ts',
  'get-east-asian-width': 'bench-spec/text-width.ts',
  'junit-report-builder': 'report/junit.ts',
  undici: 'engine/undici-connection.ts',
  vitest: 'vitest',
  yaml: 'bench-spec/yaml-tree.ts',
}

/** Rooms that know no clock and touch nothing outside of them. */
export const pureRooms = ['bench-spec', 'stream', 'metrics', 'verdict', 'results', 'report']

/** Modules of Node that a pure room may import: they only compute. */
export const computing = ['crypto', 'path', 'string_decoder', 'util', 'zlib']

/** Files of pure rooms that may import `node:fs` as well: they read what the user names. */
export const readers = [
  'bench-spec/dataset.ts',
  'bench-spec/file-lines.ts',
  'bench-spec/gzip-lines.ts',
  'bench-spec/loading.ts',
  'bench-spec/schema-file.ts',
  'results/findings.ts',
  'results/glance.ts',
]

/** Globals that a pure room may not use, but for a `Date` of a given value. */
export const impure: ReadonlySet<string> = new Set([
  'AbortSignal',
  'BroadcastChannel',
  'Date',
  'EventSource',
  'Function',
  'WebSocket',
  'console',
  'eval',
  'fetch',
  'global',
  'globalThis',
  'localStorage',
  'navigator',
  'performance',
  'process',
  'sessionStorage',
  'setImmediate',
  'setInterval',
  'setTimeout',
])
