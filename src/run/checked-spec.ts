import { availableParallelism } from 'node:os'

import {
  checkSpec as checkDocument,
  checkSpecs as checkDocuments,
  type LoadOptions,
  loadSpec as loadFile,
  loadSpecs as loadFiles,
} from '../bench-spec/loading.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { readOpenFilesLimit } from '../engine/open-files.ts'
import { checkOptions } from '../mock/index.ts'
import { readStored } from '../results/findings.ts'
import type { Results } from '../results/results.ts'
import { listMarked } from './marked-secrets.ts'

/** A spec that can be run: the options of its mock are checked, the results it compares with read. */
export type CheckedSpec = BenchSpec<Results>

/** `env` is that of this process by default, for `${VAR}`, `SLOGATE_*` and what is kept secret. */
type Options = Partial<Pick<LoadOptions<Results>, 'env' | 'overrides' | 'limits'>>

/**
 * Loads a spec file with everything that it names: data files, the options of its mock, the results
 * that it compares with. Reads files, also how many of them a process may have open here and how many
 * cores there are, and sends nothing. The file is resolved, and shown in errors,
 * relative to `cwd`; without it, it is resolved from the working directory and shown as passed.
 * @throws {SpecError} with every issue of the file; a matrix is one, see `loadSpecs`.
 */
export function loadSpec(
  file: string,
  { env = process.env, ...options }: Options & { cwd?: string } = {},
): CheckedSpec {
  return loadFile(file, { ...options, env, ...given() })
}

/** The same of a file that may have a matrix: a spec for each of its cells, in the order written. */
export function loadSpecs(
  file: string,
  { env = process.env, ...options }: Options & { cwd?: string } = {},
): CheckedSpec[] {
  return loadFiles(file, { ...options, env, ...given() })
}

/**
 * Checks a spec that was given as an object; the files that it names, which are read, are relative to
 * `baseDir`, by default the working directory. `name`, by default `bench`, is that of a spec without one.
 * @throws {SpecError} with every issue, without positions; a matrix is one, see `checkSpecs`.
 */
export function checkSpec(
  document: unknown,
  {
    env = process.env,
    baseDir = process.cwd(),
    ...options
  }: Options & { baseDir?: string; name?: string } = {},
): CheckedSpec {
  return checkDocument(document, { ...options, env, baseDir, ...given() })
}

/** The same of a document that may have a matrix: a spec for each of its cells, in the order written. */
export function checkSpecs(
  document: unknown,
  {
    env = process.env,
    baseDir = process.cwd(),
    ...options
  }: Options & { baseDir?: string; name?: string } = {},
): CheckedSpec[] {
  return checkDocuments(document, { ...options, env, baseDir, ...given() })
}

/** What only others than the stage that reads documents can tell. */
function given(): Pick<
  LoadOptions<Results>,
  'checkMock' | 'readStored' | 'secrets' | 'openFiles' | 'cores'
> {
  return {
    checkMock: checkOptions,
    readStored,
    secrets: listMarked(),
    openFiles: readOpenFilesLimit(),
    cores: availableParallelism(),
  }
}
