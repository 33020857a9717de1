import { basename } from 'node:path'

import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes 20 s or more, the longest first. */
const long = [
  'action',
  'vitest',
  'browser',
  'baseline',
  'readme',
  'cli',
  'faults',
  'calibrate',
  'server-metrics',
  'docs',
]

/**
 * Starts what takes long first, so that no long file is left to run alone at the end. Vitest does so
 * by itself once it knows durations; on a fresh machine it goes by the size of the files.
 */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

/** Vitest has put the projects in their order: e2e is the last. */
function rank({ moduleId, project }: TestSpecification): number {
  if (project.name !== 'e2e') return -1
  const index = long.indexOf(basename(moduleId, '.test.ts'))
  return index === -1 ? long.length : index
}
