import type { Progress } from '../report/progress-text.ts'
import type { Results } from '../results/results.ts'
import type { JunitMode } from '../run/artifacts.ts'

/** What a test of a spec tells the reporter, in `task.meta`. */
export interface SlogateMeta {
  role: 'load' | 'slo'
  /** Set when the test's SLO was judged, whatever the verdict. */
  judged?: true
  /** Set on the test that drove the run. */
  run?: RunMeta
}

export interface RunMeta {
  results: Results
  /** Absolute path of the folder with the artifacts. */
  folder: string
  /** The same of the run before it; `undefined` where none is kept. */
  earlier?: string | undefined
}

/** What the plugin tells the worker, by `provide`. */
export interface SlogateContext {
  /** Vitest's root: file names in results are relative to it. */
  root: string
  /** Absolute folder below which every spec gets a folder of its own. */
  out: string
  /** How many earlier runs of each spec are kept. */
  keep: number
  junit: JunitMode
  /** Whether vitest's own benchmark tables are filled too. */
  benchTable: boolean
  /** Absolute path of the file that a row per run is appended to; `undefined`: none is. */
  history?: string
  /** Process id of vitest itself. */
  main: number
  /** Why load must not be sent to a target that is not the mock; `undefined`: it may. */
  hold?: string
}

export const progressArtifact = 'slogate:progress'

export interface ProgressArtifact {
  type: typeof progressArtifact
  name: string
  progress: Progress
}

export const noticeArtifact = 'slogate:notice'

/** What a user should know before the load has run. */
export interface NoticeArtifact {
  type: typeof noticeArtifact
  message: string
}

declare module 'vitest' {
  interface TaskMeta {
    slogate?: SlogateMeta
  }
  interface ProvidedContext {
    slogate: SlogateContext
  }
  interface TestArtifactRegistry {
    'slogate:progress': ProgressArtifact
    'slogate:notice': NoticeArtifact
  }
}
