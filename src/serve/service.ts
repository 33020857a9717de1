import type { Archive } from './archive.ts'
import type { AllowedTargets } from './endpoint.ts'
import type { Limits } from './parameters.ts'
import type { Runs } from './runs.ts'
import type { Shelf } from './shelf.ts'

/** What the requests to a server work with. */
export interface Service {
  runs: Runs
  archive: Archive
  shelf: Shelf
  limits: Limits
  targets: AllowedTargets
}
