import type { Api } from './api.ts'
import type { PullRequest } from './pull-request.ts'

interface Comment {
  id: number
  body?: string
  user?: { type?: string } | null
  author_association?: string
}

const perPage = 100

/** Writes the comment of that name on a pull request: the one that is there, or a new one. */
export async function keepComment(
  api: Api,
  { number }: PullRequest,
  { name, text }: { name: string; text: string },
): Promise<void> {
  // What ends an HTML comment is encoded.
  const marker = `<!-- slogate: ${encodeURIComponent(name)} -->`
  const body = `${marker}\n${text}`
  const comment = await findComment(api, number, marker)
  if (comment === undefined) await api('POST', `issues/${number}/comments`, { body })
  else await api('PATCH', `issues/comments/${comment.id}`, { body })
}

async function findComment(api: Api, number: number, marker: string): Promise<Comment | undefined> {
  for (let page = 1; ; page++) {
    const query = `per_page=${perPage}&page=${page}`
    const comments = (await api('GET', `issues/${number}/comments?${query}`)) as Comment[]
    const found = comments.find((comment) => comment.body?.startsWith(marker) && isOurs(comment))
    if (found !== undefined || comments.length < perPage) return found
  }
}

/** Anybody may write our marker: into a stranger's comment, which he can edit, goes no verdict. */
function isOurs({ user, author_association: association = '' }: Comment): boolean {
  return user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(association)
}
