import {
  checkSpec as checkDocument,
  type LoadOptions,
  loadSpec as loadFile,
} from '../bench-spec/loading.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { checkOptions } from '../mock/index.ts'
import { readStored } from '../results/stored.ts'

/**
 * Loads a spec file with everything that it names: data files, the options of its mock, the results
 * that it compares with. Reads files, and sends nothing. The file is resolved, and shown in errors,
 * relative to `cwd`; without it, it is resolved from the working directory and shown as passed.
 * @throws {SpecError} with every issue of the file.
 */
export function loadSpec(file: string, options: LoadOptions & { cwd?: string }): BenchSpec {
  return loadFile(file, { ...options, checkMock: checkOptions, readStored })
}

/**
 * Checks a spec that was given as an object; the files that it names, which are read, are relative to
 * `baseDir`.
 * @throws {SpecError} with every issue, without positions.
 */
export function checkSpec(
  document: unknown,
  options: LoadOptions & { baseDir: string; name?: string },
): BenchSpec {
  return checkDocument(document, { ...options, checkMock: checkOptions, readStored })
}
