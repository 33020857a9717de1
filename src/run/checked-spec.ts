import {
  checkSpec as checkDocument,
  type LoadOptions,
  loadSpec as loadFile,
} from '../bench-spec/loading.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'
import { checkOptions } from '../mock/index.ts'
import { readStored } from '../results/findings.ts'
import type { Results } from '../results/results.ts'
import { listMarked } from './marked-secrets.ts'

/** A spec that can be run: the options of its mock are checked, the results it compares with read. */
export type CheckedSpec = BenchSpec<Results>

type Options = Pick<LoadOptions<Results>, 'env' | 'overrides' | 'limits'>

/**
 * Loads a spec file with everything that it names: data files, the options of its mock, the results
 * that it compares with. Reads files, and sends nothing. The file is resolved, and shown in errors,
 * relative to `cwd`; without it, it is resolved from the working directory and shown as passed.
 * @throws {SpecError} with every issue of the file.
 */
export function loadSpec(file: string, options: Options & { cwd?: string }): CheckedSpec {
  return loadFile(file, { ...options, ...given() })
}

/**
 * Checks a spec that was given as an object; the files that it names, which are read, are relative to
 * `baseDir`.
 * @throws {SpecError} with every issue, without positions.
 */
export function checkSpec(
  document: unknown,
  options: Options & { baseDir: string; name?: string },
): CheckedSpec {
  return checkDocument(document, { ...options, ...given() })
}

function given(): Pick<LoadOptions<Results>, 'checkMock' | 'readStored' | 'secrets'> {
  return { checkMock: checkOptions, readStored, secrets: listMarked() }
}
