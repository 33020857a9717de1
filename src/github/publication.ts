import { createApi } from './api.ts'
import { makeCheck } from './check.ts'
import { keepComment } from './comment.ts'
import { renderSummary } from './job-summary.ts'
import type { Outcome } from './outcome.ts'
import { readPullRequest } from './pull-request.ts'

/** What goes beyond the job itself. */
export interface PublicationOptions {
  name: string
  comment: boolean
  check: boolean
  token: string | undefined
  env: Readonly<Record<string, string | undefined>>
}

/** UTF-8 bytes; GitHub takes 65 535 characters of a comment and of a check run. */
const limit = 60_000

/** Writes the comment and the check run that are asked for. Resolves to why one was not written. */
export async function publish(outcome: Outcome, options: PublicationOptions): Promise<string[]> {
  const { name, token, env } = options
  const wanted = [...(options.comment ? ['comment'] : []), ...(options.check ? ['check run'] : [])]
  if (wanted.length === 0) return []
  const without = `no ${wanted.join(' and no ')}`
  const pull = readPullRequest(env.GITHUB_EVENT_PATH)
  if (pull?.fork === true) {
    return [`${without}: the pull request comes from a fork, whose token can only read`]
  }
  const { GITHUB_REPOSITORY: repository, GITHUB_SHA: sha } = env
  if (token === undefined || token === '' || repository === undefined) {
    return [`${without}: there is no token, or no repository`]
  }
  const url = env.GITHUB_API_URL ?? 'https://api.github.com'
  const api = createApi({ url, repository, token })
  const text = renderSummary(outcome, { title: name, limit })
  const notices: string[] = []

  async function attempt(what: string, permission: string, write: Promise<void>): Promise<void> {
    try {
      await write
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      notices.push(`no ${what}: ${reason}. It needs the permission ${permission}: write`)
    }
  }

  if (options.comment && pull === undefined) {
    notices.push('no comment: the event is not about a pull request')
  } else if (options.comment && pull !== undefined) {
    await attempt('comment', 'pull-requests', keepComment(api, pull, { name, text }))
  }
  if (options.check) {
    const commit = pull?.sha ?? sha ?? ''
    await attempt('check run', 'checks', makeCheck(api, commit, { name, outcome, text }))
  }
  return notices
}
