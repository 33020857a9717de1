import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, dirname, extname, relative, resolve } from 'node:path'

import type { ReadStored } from './baseline.ts'
import type { BenchDocument } from './bench-document.ts'
import type { FileSource } from './data-source.ts'
import { loadDataset, type LoadedDataset } from './dataset.ts'
import { decodeText } from './encoding.ts'
import { findVariables, interpolate, type Environment } from './environment.ts'
import { findExcess } from './extent.ts'
import {
  createIssue,
  mostShown,
  SpecError,
  renderPath,
  type Locate,
  type Path,
  type Issue,
} from './issue.ts'
import { listKinds, prepareKind } from './kinds.ts'
import { keepKnown } from './known.ts'
import { expandMatrix, locateCell, nameCellFolder, nameSettings } from './matrix.ts'
import { applyOverrides, type Overrides } from './overrides.ts'
import { type Bench, readBench } from './reading.ts'
import { createRedactor, maskSecrets } from './redaction.ts'
import { checkSchema } from './schema-check.ts'
import { benchSchema } from './schema.ts'
import { findSecrets, maskNamedSecrets, type LiteralSecret } from './secret.ts'
import { listCells } from './session.ts'
import type { RelativeSlo } from './slo.ts'
import { parseSource } from './source.ts'
import type { BenchSpec, MockOptions, Secret } from './spec.ts'
import { createWriteRows } from './synthetic-source.ts'
import { hasPlaceholder, prepareRequest } from './template.ts'
import { loadTrace } from './trace-loading.ts'

export interface LoadOptions<Stored> {
  /** Variables for `${VAR}`, and `SLOGATE_*` in place of the document's values. */
  env: Environment
  /** Flags: they go before `SLOGATE_*`. */
  overrides?: Overrides
  /** SLOs besides those of the document; the document's own go before one on the same statistic. */
  limits?: readonly RelativeSlo[]
  /** What is wrong with the options of the mock, by path within them: only the mock can tell. */
  checkMock?(options: MockOptions): readonly { path: string; message: string }[]
  /** Texts that are known to be secret. */
  secrets?: readonly Secret[]
  /** Reads a stored baseline by its absolute path: only who writes results can tell whether it is one. */
  readStored?: ReadStored<Stored>
  /** Files and sockets that a process may have open here; `undefined`: as many as it wants. */
  openFiles?: number | undefined
  /** Cores of this machine that processes may run on; one by default. */
  cores?: number | undefined
}

/**
 * Loads a spec file: one spec, or one for each cell of its matrix, in the order written. The file is
 * resolved, and shown in errors, relative to `cwd`; without it, it is shown as passed.
 * @throws {SpecError} with every issue of the file.
 */
export function loadSpecs<Stored = never>(
  file: string,
  options: LoadOptions<Stored> & { cwd?: string },
): BenchSpec<Stored>[] {
  return build(openFile(file, options))
}

/** The same of a file that makes one spec: a matrix is an issue. */
export function loadSpec<Stored = never>(
  file: string,
  options: LoadOptions<Stored> & { cwd?: string },
): BenchSpec<Stored> {
  return buildOne(openFile(file, options))
}

function openFile<Stored>(
  file: string,
  options: LoadOptions<Stored> & { cwd?: string },
): Opened<Stored> {
  const { cwd } = options
  const path = cwd === undefined ? resolve(file) : resolve(cwd, file)
  const shown = cwd === undefined ? file : relative(cwd, path)
  const { text, sha256 } = readSpecText(path, shown)
  const source = parseSource(text, /\.jsonc?$/i.test(extname(path)) ? 'json' : 'yaml')
  if (source.issues.length > 0) {
    throw new SpecError(source.issues, shown, maskNamedSecrets(text))
  }
  return {
    ...options,
    document: source.value,
    name: basename(path).replace(/(\.bench)?\.[^.]*$/, ''),
    directory: dirname(path),
    file: { path, shown, text, sha256 },
    locate: source.locate,
  }
}

/**
 * Checks a spec that was given as an object; data files are relative to `baseDir`.
 * @throws {SpecError} with every issue, without positions.
 */
export function checkSpecs<Stored = never>(
  document: unknown,
  options: LoadOptions<Stored> & { baseDir: string; name?: string },
): BenchSpec<Stored>[] {
  return build(openDocument(document, options))
}

/** The same of a document that makes one spec: a matrix is an issue. */
export function checkSpec<Stored = never>(
  document: unknown,
  options: LoadOptions<Stored> & { baseDir: string; name?: string },
): BenchSpec<Stored> {
  return buildOne(openDocument(document, options))
}

function openDocument<Stored>(
  document: unknown,
  options: LoadOptions<Stored> & { baseDir: string; name?: string },
): Opened<Stored> {
  const { name = 'bench', baseDir } = options
  return { ...options, document, name, directory: baseDir, locate: () => undefined }
}

function readSpecText(path: string, shown: string): { text: string; sha256: string } {
  if (/\.[cm]?[jt]sx?$/.test(path)) {
    const message = `is a program, not YAML or JSON. Run it by vitest: npx vitest bench --run ${shown}`
    throw new SpecError([{ path: [], message }], shown)
  }
  try {
    const bytes = readFileSync(path)
    const decoded = decodeText(bytes, 'utf-8')
    if ('text' in decoded) {
      return { text: decoded.text, sha256: createHash('sha256').update(bytes).digest('hex') }
    }
    const message = `byte ${decoded.offset} is not utf-8. Save the file as utf-8.`
    throw new SpecError([{ path: [], message }], shown)
  } catch (error) {
    if (error instanceof SpecError) throw error
    const { code } = error as NodeJS.ErrnoException
    const message = code === 'ENOENT' ? 'there is no such file.' : `cannot be read (${code}).`
    throw new SpecError([{ path: [], message }], shown)
  }
}

/** What a spec is built of. */
interface Opened<Stored> extends LoadOptions<Stored> {
  document: unknown
  /** Used when the document has no name. */
  name: string
  directory: string
  file?: { path: string; shown: string; text: string; sha256: string }
  locate: Locate
}

function buildOne<Stored>(opened: Opened<Stored>): BenchSpec<Stored> {
  const { file, locate } = opened
  const specs = build(opened)
  const [spec] = specs
  if (spec !== undefined && spec.cell === undefined) return spec
  const [setting] = spec?.cell?.settings ?? []
  const message = `makes a spec of each of its values, ${specs.length} in all, and one is needed here. Write ${setting?.key}: ${setting?.text} in its place.`
  const issue = createIssue(locate, ['matrix'], message, 'key')
  throw new SpecError([issue], file?.shown, file && maskNamedSecrets(file.text))
}

function build<Stored>(opened: Opened<Stored>): BenchSpec<Stored>[] {
  const { document, env, overrides = {}, limits = [], directory, file, locate } = opened
  const { readStored, openFiles, cores } = opened
  const excess = findExcess(document)
  if (excess !== undefined) {
    const issue = createIssue(locate, excess.path, excess.message)
    throw new SpecError([issue], file?.shown, file && maskNamedSecrets(file.text))
  }
  const literals = findSecrets(document)
  const interpolated = interpolate(document, env, benchSchema, locate)
  const overridden = applyOverrides(interpolated.value, overrides, env)
  const known = [
    ...interpolated.secrets,
    // In a file a variable is written as a reference.
    ...(file === undefined ? findVariables(overridden.document, env) : []),
    ...(opened.secrets ?? []),
  ]
  const secrets = [...known, ...literals, ...findSecrets(overridden.document)]
  const redact = (text: string): string => createRedactor(secrets).redact(text)
  const faults = checkSchema(overridden.document, locate, redact)
  // What else may be wrong would not be shown.
  if (faults.length > mostShown) throw createError(faults, secrets, file)
  const sound = dropFaulty(overridden.document, faults)
  const found: Issue[] = []
  const documents = expandMatrix(sound, (path, message, part) => {
    found.push(createIssue(locate, path, message, part))
  })
  const loaded = new Map<string, LoadedDataset>()
  const readData = (source: FileSource): LoadedDataset => {
    const key = JSON.stringify(source)
    const known = loaded.get(key) ?? loadRows(source, directory)
    loaded.set(key, known)
    return known
  }
  const writeRows = createWriteRows()
  const benches = documents.map((each) => {
    const bench = readBench(each.document, {
      directory,
      faults,
      limits,
      locate: locateCell(each, locate),
      readData,
      writeRows,
      cellFolder: each.cell && nameCellFolder(each.cell.settings),
      readStored,
      openFiles,
      cores,
    })
    for (const issue of bench.issues) {
      const isKnown = found.some(({ path, message }) => {
        return message === issue.message && renderPath(path) === renderPath(each.origin(issue.path))
      })
      if (!isKnown) found.push({ ...issue, path: each.origin(issue.path) })
    }
    return { ...bench, cell: each.cell }
  })

  // The same in all cells.
  const { mock, baseline }: Partial<Bench<Stored>['parts']> = benches[0]?.parts ?? {}
  const outerIssues = checkMocks(mock, ['mock'])
  if (baseline?.kind === 'interleaved' && outerIssues.length === 0) {
    outerIssues.push(...checkMocks(baseline.mock, ['baseline', 'mock']))
  }
  const issues = [...interpolated.issues, ...overridden.issues]
  const named = found.map((issue) => nameOverride(issue, overridden.labels))
  for (const stage of [faults, named, outerIssues]) issues.push(...withoutRepeated(stage, issues))
  if (issues.length > 0) throw createError(issues, secrets, file)
  const name = sound.name ?? opened.name
  return benches.map(({ parts, warnings, cell }) => {
    const spec = keepKnown<BenchSpec<Stored>>({
      name: cell === undefined ? name : `${name} [${nameSettings(cell.settings)}]`,
      file: file?.path,
      sha256: file?.sha256,
      cell: cell && { bench: name, ...cell },
      ...parts,
      secrets: [],
      warnings: [...warnOfLiterals(literals, known), ...warnings],
    })
    return { ...spec, secrets: collectSecrets(spec, known) }
  })

  function checkMocks(options: MockOptions | undefined, path: Path): Issue[] {
    return ((options && opened.checkMock?.(options)) ?? []).map((problem) =>
      createIssue(locate, [...path, ...problem.path.split('.')], problem.message, 'key'),
    )
  }
}

function loadRows(source: FileSource, directory: string): LoadedDataset {
  return source.type === 'trace' ? loadTrace(source, directory) : loadDataset(source, directory)
}

/** What is wrong with a value that is not the document's own has no place in it. */
function nameOverride(issue: Issue, labels: ReadonlyMap<string, string>): Issue {
  const { path, message } = issue
  const whole = labels.get(renderPath(path))
  if (whole !== undefined) return { path: [whole], message }
  const [key = '', ...rest] = path
  const label = labels.get(String(key))
  return label === undefined ? issue : { path: [label, ...rest], message }
}

/** The keys of a document that the schema has no complaint about. SLOs are read one by one. */
function dropFaulty(document: unknown, faults: readonly Issue[]): Partial<BenchDocument> {
  if (typeof document !== 'object' || document === null) return {}
  const faulty = new Set(faults.map(({ path }) => path[0]))
  const entries = Object.entries(document).filter(([key]) => key === 'slo' || !faulty.has(key))
  return Object.fromEntries(entries)
}

/** What an earlier stage said about a place is the cause of what a later one finds there. */
function withoutRepeated(issues: readonly Issue[], earlier: readonly Issue[]): Issue[] {
  return issues.filter(
    (issue) => issue.path.length === 0 || !earlier.some((other) => coincides(issue, other)),
  )
}

function coincides(one: Issue, other: Issue): boolean {
  if (renderPath(one.path) !== renderPath(other.path)) return false
  const [a, b] = [one.position, other.position]
  if (a === undefined || b === undefined) return true
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length
}

function createError(
  issues: readonly Issue[],
  secrets: readonly Secret[],
  file: Opened<unknown>['file'],
): SpecError {
  const { redact } = createRedactor(secrets)
  const redacted = issues.map((issue) => ({ ...issue, message: redact(issue.message) }))
  return new SpecError(redacted, file?.shown, file && maskSecrets(file.text, secrets))
}

/** `known`: what a program has put into its document is no literal there. */
function warnOfLiterals(literals: readonly LiteralSecret[], known: readonly Secret[]): string[] {
  const written = literals.filter(({ value }) => !known.some((each) => value.includes(each.value)))
  const keys = new Set(written.map(({ path }) => renderPath(path)))
  return [...keys].map((key) => {
    const name = key.replace(/^.*\./, '').replace(/\W/g, '_').toUpperCase()
    return `${key}: holds a secret in plain text. Write \${${name}} and set it in the environment.`
  })
}

/** Secrets of every request that will be sent: rows may hold them too. */
function collectSecrets(spec: BenchSpec, known: readonly Secret[]): Secret[] {
  const second = spec.baseline?.kind === 'interleaved' ? [spec.baseline.target] : []
  const sent = listKinds(spec).flatMap((kind) =>
    [kind.target, ...(kind.baseline === undefined ? [] : [kind.baseline])].flatMap((target) => {
      const varies = [target.url, ...Object.values(target.headers)].some(hasPlaceholder)
      if (!varies) return [target]
      const { dataset } = kind
      if (dataset?.sessions === undefined) return prepareKind(spec, kind, target)
      return listCells(dataset).map((cells) => prepareRequest(target, cells))
    }),
  )
  // Of a mix they are what its kinds begin with, and are named in reports.
  const targets = [...sent, ...(spec.mix === undefined ? [] : [spec.target, ...second])]
  const metrics = findSecrets({ server_metrics: spec.serverMetrics })
  const secrets = [...known, ...metrics, ...targets.flatMap((target) => findSecrets(target))]
  const labels = new Map<string, string>()
  for (const { value, label } of secrets) if (!labels.has(value)) labels.set(value, label)
  return [...labels].map(([value, label]) => ({ value, label }))
}
