import type { IncomingMessage, ServerResponse } from 'node:http'

import type { MetricsDocument, PercentilesDocument } from './answer.ts'
import { checkTarget, toEndpoint, toModelsUrl } from './endpoint.ts'
import { listModels } from './models.ts'
import { readAddress, readParameters } from './parameters.ts'
import { type NamedRun, Refusal, toErrorDocument } from './refusal.ts'
import { openEvents, type Reply, replyJson, wantsEvents } from './reply.ts'
import { readJson } from './request-body.ts'
import { toSpec } from './request-spec.ts'
import type { ActiveRun, Ending } from './runs.ts'
import type { Service } from './service.ts'
import type { RunDocument } from './stored-run.ts'

/** What a benchmark that was a success answers. */
export interface SuccessDocument extends NamedRun {
  status: 'success'
  metrics: MetricsDocument
  percentiles: PercentilesDocument
}

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
}

/** Runs a benchmark and answers with its figures; with events on the way where they are asked for. */
export async function startBenchmark(
  { runs, limits, targets, shelf }: Service,
  { request, response }: Exchange,
): Promise<Reply | undefined> {
  const parameters = readParameters(await readJson(request), limits)
  runs.checkFree()
  const endpoint = toEndpoint(parameters.apiUrl)
  await checkTarget(endpoint, targets)
  const spec = toSpec(parameters, endpoint, shelf.find(parameters.datasets))
  if (response.destroyed) return undefined
  const run = runs.start(parameters, spec)
  response.once('close', () => {
    if (!response.writableFinished) run.cancel('its client disconnected')
  })
  return wantsEvents(request) ? follow(run, response) : answer(await run.ended)
}

/** Where a benchmark stands, or how it has ended. */
export async function showBenchmark(
  { runs, archive }: Service,
  { request, response }: Exchange,
  id: string,
): Promise<Reply | undefined> {
  const run = runs.current()
  if (run?.id === id) {
    if (wantsEvents(request)) return follow(run, response)
    const { report_url, startedAt: started_at, parameters } = run
    const progress = run.progress()
    return replyJson({ id, status: 'running', report_url, started_at, parameters, progress })
  }
  const document = archive.find(id)
  if (document === undefined) throw new Refusal(404, `There is no benchmark ${id}.`)
  if (!wantsEvents(request)) return replyJson(document)
  const events = openEvents(response)
  if (document.error === null) events.send('result', toSuccess(document))
  else events.send('error', { error: document.error })
  events.end()
  return undefined
}

/** Answers when it has ended and its files are written. */
export async function cancelBenchmark({ runs, archive }: Service, id: string): Promise<Reply> {
  const run = runs.current()
  if (run?.id !== id) {
    const ended = archive.find(id) !== undefined
    throw ended
      ? new Refusal(409, `Benchmark ${id} has ended: there is nothing to cancel.`)
      : new Refusal(404, `There is no benchmark ${id}.`)
  }
  run.cancel('it was deleted')
  const ending = await run.ended
  if (ending.document === undefined) throw ending.refusal
  return replyJson(ending.document)
}

export async function showModels({ targets }: Service, { request }: Exchange): Promise<Reply> {
  const { apiUrl, apiKey } = readAddress(await readJson(request))
  const endpoint = toEndpoint(apiUrl)
  await checkTarget(endpoint, targets)
  return replyJson(await listModels(toModelsUrl(endpoint), apiKey))
}

function answer(ending: Ending): Reply {
  if (ending.refusal !== undefined) throw ending.refusal
  return replyJson(toSuccess(ending.document))
}

async function follow(run: ActiveRun, response: ServerResponse): Promise<undefined> {
  const events = openEvents(response)
  const { id, report_url } = run
  events.send('started', { id, report_url })
  events.send('progress', run.progress())
  const unwatch = run.watch((progress) => events.send('progress', progress, 'droppable'))
  response.once('close', unwatch)
  const ending = await run.ended
  unwatch()
  if (ending.refusal === undefined) events.send('result', toSuccess(ending.document))
  else events.send('error', toErrorDocument(ending.refusal))
  events.end()
}

function toSuccess({ id, report_url, metrics, percentiles }: RunDocument): SuccessDocument {
  return { status: 'success', metrics, percentiles, id, report_url }
}
