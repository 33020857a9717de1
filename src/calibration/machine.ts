import { availableParallelism, cpus } from 'node:os'

/** What of a machine moves its figures. */
export interface Machine {
  /** Version. */
  node: string
  platform: string
  arch: string
  /** Processor model. */
  cpu: string
  cores: number
}

export function describeMachine(): Machine {
  return {
    node: process.version,
    platform: process.platform,
    arch: process.arch,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
  }
}
