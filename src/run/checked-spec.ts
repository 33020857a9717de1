import {
  checkSpec as checkDocument,
  type LoadOptions,
  loadSpec as loadFile,
} from '../bench-spec/loading.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { checkOptions } from '../mock/options.ts'
import { readStored } from '../results/findings.ts'
import type { Results } from '../results/results.ts'

/** A spec that can be run: the options of its mock are checked, the results it compares with read. */
export type CheckedSpec = BenchSpec<Results>

type Options = Pick<LoadOptions<Results>, 'env' | 'overrides'>

/**
 * Loads a spec file, the options of its mock and the results it compares with included. The file is
 * resolved, and shown in errors, relative to `cwd`; without it, it is shown as passed.
 * @throws {SpecError} with every issue of the file.
 */
export function loadSpec(file: string, options: Options & { cwd?: string }): CheckedSpec {
  return loadFile(file, { ...options, checkMock: checkOptions, readStored })
}

/**
 * Checks a spec that was given as an object; data files are relative to `baseDir`.
 * @throws {SpecError} with every issue, without positions.
 */
export function checkSpec(
  document: unknown,
  options: Options & { baseDir: string; name?: string },
): CheckedSpec {
  return checkDocument(document, { ...options, checkMock: checkOptions, readStored })
}
