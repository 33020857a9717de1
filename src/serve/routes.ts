import { runFiles } from './archive.ts'
import {
  cancelBenchmark,
  type Exchange,
  showBenchmark,
  showModels,
  startBenchmark,
} from './benchmark.ts'
import { chooseLocale } from './locale.ts'
import { assets } from './page/assets.ts'
import { renderForm } from './page/form.ts'
import { pagePolicy } from './page/policy.ts'
import { renderResult } from './page/result.ts'
import { Refusal } from './refusal.ts'
import { type Reply, replyJson } from './reply.ts'
import type { Service } from './service.ts'

/** A request as its route sees it. */
interface Visit extends Exchange {
  /** The parts of the path that are no fixed words. */
  parts: readonly string[]
  query: URLSearchParams
}

/** `undefined`: it has answered by itself. */
type Answer = (service: Service, visit: Visit) => Promise<Reply | undefined> | Reply

interface Route {
  path: RegExp
  /** By method. */
  answers: Readonly<Record<string, Answer>>
}

const routes: readonly Route[] = [
  { path: /^\/$/, answers: { GET: () => redirect('/tps-test.html') } },
  { path: /^\/tps-test\.html$/, answers: { GET: showForm } },
  { path: /^\/assets\/([\w.-]+)$/, answers: { GET: showAsset } },
  { path: /^\/reports\/([\w-]+)$/, answers: { GET: showResult } },
  { path: /^\/reports\/([\w-]+)\/([\w.]+)$/, answers: { GET: showFile } },
  { path: /^\/v1\/benchmark$/, answers: { POST: startBenchmark } },
  {
    path: /^\/v1\/benchmark\/([\w-]+)$/,
    answers: {
      GET: (service, { parts: [id = ''], ...exchange }) => showBenchmark(service, exchange, id),
      DELETE: (service, { parts: [id = ''] }) => cancelBenchmark(service, id),
    },
  },
  { path: /^\/v1\/benchmarks$/, answers: { GET: listRuns } },
  {
    path: /^\/v1\/datasets$/,
    answers: { GET: ({ shelf }) => replyJson({ data: shelf.list().map((id) => ({ id })) }) },
  },
  { path: /^\/v1\/models$/, answers: { POST: showModels } },
]

/**
 * Answers a request that was let in.
 * @throws {Refusal} 404 or 405, and what the routes throw.
 */
export async function answerRoute(
  service: Service,
  { request, response }: Exchange,
): Promise<Reply | undefined> {
  // Not by URL, which throws for targets such as // and *.
  const [pathname = '', search = ''] = (request.url ?? '').split('?', 2)
  for (const { path, answers } of routes) {
    const [found, ...parts] = path.exec(pathname) ?? []
    if (found === undefined) continue
    const { method = '' } = request
    const methods = listMethods(answers)
    const allow = { allow: methods.join(', ') }
    if (method === 'OPTIONS') return allowMethods(allow)
    const answer = methods.includes(method)
      ? answers[method === 'HEAD' ? 'GET' : method]
      : undefined
    if (answer === undefined) {
      throw new Refusal(405, `${pathname} takes ${allow.allow}, not ${method}.`, { headers: allow })
    }
    return answer(service, { request, response, parts, query: new URLSearchParams(search) })
  }
  throw new Refusal(
    404,
    'There is nothing at this path. The page is /tps-test.html, the endpoint POST /v1/benchmark.',
  )
}

function listMethods(answers: Route['answers']): string[] {
  const methods = Object.keys(answers)
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
}

/** What a browser asks before it sends what is no plain request. */
function allowMethods({ allow }: { allow: string }): Reply {
  return {
    status: 204,
    type: 'text/plain',
    body: '',
    headers: {
      allow,
      'access-control-allow-methods': allow,
      'access-control-allow-headers': 'Content-Type, Authorization, Accept',
      'access-control-max-age': '600',
    },
  }
}

function redirect(location: string): Reply {
  return { status: 302, type: 'text/plain', body: '', headers: { location } }
}

function showForm({ shelf, limits }: Service, { request, query }: Visit): Reply {
  const locale = chooseLocale(query, request.headers['accept-language'])
  return replyPage(renderForm({ locale, datasets: shelf.list(), limits }))
}

function showResult({ archive }: Service, { request, query, parts: [id = ''] }: Visit): Reply {
  const run = archive.read(id)
  if (run === undefined) throw new Refusal(404, `There is no result of a benchmark ${id}.`)
  return replyPage(renderResult(run, chooseLocale(query, request.headers['accept-language'])))
}

function showFile({ archive }: Service, { parts: [id = '', name = ''] }: Visit): Reply {
  const body = archive.readFile(id, name)
  const type = runFiles[name]
  if (body === undefined || type === undefined) {
    const names = Object.keys(runFiles).join(', ')
    throw new Refusal(404, `There is no file ${name} of a benchmark ${id}. Each has ${names}.`)
  }
  const headers = type.startsWith('text/html')
    ? // What its scripts and styles are, the page says itself.
      { 'content-security-policy': "base-uri 'none'; form-action 'none'; frame-ancestors 'none'" }
    : {}
  return { status: 200, type, body, headers }
}

function showAsset(_service: Service, { parts: [name = ''] }: Visit): Reply {
  const asset = Object.hasOwn(assets, name) ? assets[name] : undefined
  if (asset === undefined) throw new Refusal(404, `There is no asset ${name}.`)
  return { status: 200, type: asset.type, body: asset.text }
}

function listRuns({ archive, runs }: Service): Reply {
  const run = runs.current()
  const running = run === undefined ? null : { id: run.id, report_url: run.report_url }
  return replyJson({ data: archive.list(), running, keep: archive.keep })
}

function replyPage(body: string): Reply {
  const headers = { 'content-security-policy': pagePolicy }
  return { status: 200, type: 'text/html; charset=utf-8', body, headers }
}
