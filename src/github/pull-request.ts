import { readFileSync } from 'node:fs'

/** The pull request that a job runs for. */
export interface PullRequest {
  number: number
  /** The commit that was pushed; GITHUB_SHA is that of a merge. */
  sha: string
  /** From another repository: the token may then only read, and there are no secrets. */
  fork: boolean
}

interface Repository {
  full_name?: string
  fork?: boolean
}

interface Event {
  pull_request?: {
    number?: number
    head?: { sha?: string; repo?: Repository | null }
    base?: { repo?: Repository }
  }
}

/** From the event of the job; `undefined` when it is not about a pull request or cannot be read. */
export function readPullRequest(eventPath: string | undefined): PullRequest | undefined {
  const { pull_request: found } = readEvent(eventPath)
  const { number, head, base } = found ?? {}
  if (number === undefined || head?.sha === undefined) return undefined
  const { repo } = head
  const own = base?.repo?.full_name
  // A repository that is itself a fork has pull requests of its own. A deleted one has no name.
  const fork = own === undefined ? repo?.fork !== false : repo?.full_name !== own
  return { number, sha: head.sha, fork }
}

function readEvent(path: string | undefined): Event {
  if (path === undefined || path === '') return {}
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Event
  } catch {
    return {}
  }
}
