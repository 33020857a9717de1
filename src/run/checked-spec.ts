import {
  checkSpec as checkDocument,
  type LoadOptions,
  loadSpec as loadFile,
} from '../bench-spec/loading.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { checkOptions } from '../mock/index.ts'
import { readStored } from '../results/stored.ts'

/**
 * Loads a spec file, the options of its mock and the results it compares with included. The file is resolved, and shown in errors,
 * relative to `cwd`; without it, it is shown as passed.
 * @throws {SpecError} with every issue of the file.
 */
export function loadSpec(file: string, options: LoadOptions & { cwd?: string }): BenchSpec {
  return loadFile(file, { ...options, checkMock: checkOptions, readStored })
}

/**
 * Checks a spec that was given as an object; data files are relative to `baseDir`.
 * @throws {SpecError} with every issue, without positions.
 */
export function checkSpec(
  document: unknown,
  options: LoadOptions & { baseDir: string; name?: string },
): BenchSpec {
  return checkDocument(document, { ...options, checkMock: checkOptions, readStored })
}
