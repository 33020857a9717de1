import { explainBreakdown } from './breakdown.ts'
import { info, warn } from './diagnostics.ts'
import type { ServerSummary } from './server-summary.ts'
import type { Diagnostic } from './summary.ts'

/** Where the time goes, in one sentence, or why that is not known. */
export function explainServer(server: ServerSummary): string {
  const { breakdown, requests } = server
  if (breakdown !== undefined) return explainBreakdown(breakdown)
  if (requests === undefined) return explainGap(server)
  if (requests.agrees !== true) return explainRequests(requests)
  if (requests.server === 0) return 'No answer was completed between the two scrapes.'
  return 'The server does not tell how long its answers took.'
}

/** What a reader must know of the server's figures. They change no verdict. */
export function diagnoseServer(server: ServerSummary): Diagnostic[] {
  if (server.restarted) return [warn('server-restarted', explainGap(server))]
  if (server.covers === undefined) return [warn('server-unread', explainGap(server))]
  const disagreement = checkRequests(server)
  return [
    checkScrapes(server),
    ...(disagreement ? [disagreement] : [checkOutput(server), checkPrompts(server)]),
  ].filter((diagnostic) => diagnostic !== undefined)
}

function explainGap({ restarted, failure }: ServerSummary): string {
  if (restarted) return "The server's counters began anew during the run: it was started again."
  if (failure !== undefined) return `The server's metrics could not be read: ${failure}.`
  return 'The run ended before its measured phase, so that there is nothing to compare.'
}

function explainRequests({ server, client = 0 }: NonNullable<ServerSummary['requests']>): string {
  return server > client
    ? `The server finished ${server} requests, this client completed ${client}: others use it too, and its times are not of this run alone.`
    : `The server finished ${server} requests, this client completed ${client}: its metrics are of another server, or of one of several.`
}

function checkScrapes({ scrapes, failed, failure }: ServerSummary): Diagnostic | undefined {
  if (failed === 0) return undefined
  return info(
    'server-scrapes-failed',
    `${failed} of ${scrapes + failed} scrapes of the server's metrics failed, the first with ${failure}.`,
  )
}

function checkRequests({ requests }: ServerSummary): Diagnostic | undefined {
  if (requests === undefined || requests.agrees === true) return undefined
  const message = explainRequests(requests)
  return requests.server > (requests.client ?? 0)
    ? warn('server-shared', message)
    : warn('server-partial', message)
}

function checkOutput({ outputTokens }: ServerSummary): Diagnostic | undefined {
  if (outputTokens?.agrees !== false) return undefined
  const { server, usage, events } = outputTokens
  return usage === undefined
    ? info(
        'events-are-not-tokens',
        `The server generated ${server} tokens, its answers came in ${events} token events: ask for usage, for example with stream_options.include_usage.`,
      )
    : warn(
        'tokens-disagree',
        `The server generated ${server} tokens by its metrics, ${usage} by the usage in its answers, in ${events} token events: do not trust its counts of tokens.`,
      )
}

function checkPrompts({ promptTokens }: ServerSummary): Diagnostic | undefined {
  if (promptTokens?.agrees !== false) return undefined
  const { server, client } = promptTokens
  return warn(
    'prompt-tokens-disagree',
    `The server read ${server} tokens of prompts by its metrics, ${client} by the usage in its answers.`,
  )
}
