import type { Api } from './api.ts'
import type { Outcome } from './outcome.ts'

/** Makes a check run on a commit. Undecided where that does not block is neither red nor green. */
export async function makeCheck(
  api: Api,
  sha: string,
  { name, outcome, text }: { name: string; outcome: Outcome; text: string },
): Promise<void> {
  const { status, exitCode } = outcome
  const conclusion = exitCode !== 0 ? 'failure' : status === 'INCONCLUSIVE' ? 'neutral' : 'success'
  await api('POST', 'check-runs', {
    name,
    head_sha: sha,
    status: 'completed',
    conclusion,
    output: { title: `${name}: ${status}`, summary: text },
  })
}
