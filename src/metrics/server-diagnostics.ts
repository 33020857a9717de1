import { keepKnown } from '../bench-spec/known.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { ServerSummary } from './server-summary.ts'
import { findTokenSlos, type StandingSlos } from './token-slos.ts'

/** What a reader must know of the server's figures. They change no verdict. Pure. */
export function diagnoseServer(server: ServerSummary, standing: StandingSlos = {}): Diagnostic[] {
  const { covers, failure, restarted } = server
  if (restarted) return [{ id: 'server-restarted', level: 'warn' }]
  if (covers === undefined) {
    return [keepKnown<Diagnostic>({ id: 'server-unread', level: 'warn', failure })]
  }
  const disagreement = checkRequests(server)
  return [
    checkScrapes(server),
    ...(disagreement
      ? [disagreement]
      : [checkOutput(server, standing), checkPrompts(server), checkLeaving(server)]),
  ].filter((diagnostic) => diagnostic !== undefined)
}

function checkScrapes({ scrapes, failed, failure }: ServerSummary): Diagnostic | undefined {
  if (failure === undefined) return undefined
  return { id: 'server-scrapes-failed', level: 'info', failed, scrapes: scrapes + failed, failure }
}

function checkRequests({ requests }: ServerSummary): Diagnostic | undefined {
  if (requests === undefined || requests.agrees === true) return undefined
  const { server, client = 0 } = requests
  const id = server > client ? 'server-shared' : 'server-partial'
  return { id, level: 'warn', server, client }
}

function checkOutput(
  { outputTokens }: ServerSummary,
  standing: StandingSlos,
): Diagnostic | undefined {
  if (outputTokens?.agrees !== false) return undefined
  const { server, usage, events } = outputTokens
  const level = findTokenSlos(standing).length > 0 ? 'warn' : 'info'
  return usage === undefined
    ? { id: 'events-are-not-tokens', level, server, events }
    : { id: 'tokens-disagree', level: 'warn', server, usage, events }
}

function checkLeaving({ leaving }: ServerSummary): Diagnostic | undefined {
  if (leaving === undefined) return undefined
  return { id: 'leaving-noticed', level: leaving.finished > 0 ? 'warn' : 'info', ...leaving }
}

function checkPrompts({ promptTokens }: ServerSummary): Diagnostic | undefined {
  if (promptTokens?.agrees !== false || promptTokens.client === undefined) return undefined
  const { server, client: usage } = promptTokens
  return { id: 'prompt-tokens-disagree', level: 'warn', server, usage }
}
