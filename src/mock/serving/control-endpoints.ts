import { parseBody } from '../dialect/body.ts'
import type { Truth, TruthRecord } from '../metrics/truth.ts'
import { listScenarios } from '../options/scenario.ts'
import { Refusal } from '../plan/refusal.ts'
import {
  type Endpoint,
  type EndpointContext,
  type Inquiry,
  renderJson,
  renderText,
  type Reply,
} from './endpoint.ts'

/** What the mock tells of itself and how it is changed while it runs, by path. */
export function listControlEndpoints({
  generation,
  truth,
  clock,
  config,
}: EndpointContext): [path: string, Endpoint][] {
  return [
    ['/__mock/truth', { methods: ['GET'], reply: (inquiry) => replyTruth(truth, inquiry) }],
    ['/__mock/stats', { methods: ['GET'], reply: () => renderJson(generation.stats()) }],
    [
      '/__mock/reset',
      {
        methods: ['POST'],
        reply: () => {
          generation.reset()
          return renderJson({})
        },
      },
    ],
    [
      '/__mock/clock',
      {
        methods: ['GET'],
        reply: () => renderJson({ now_ms: clock.now(), time: new Date().toISOString() }),
      },
    ],
    [
      '/__mock/config',
      {
        methods: ['GET', 'PATCH', 'DELETE'],
        reply: ({ method, body }) => {
          if (method === 'PATCH') config.change(parseBody(body))
          if (method === 'DELETE') config.change({}, 'started')
          return renderJson(config.describe())
        },
      },
    ],
    [
      '/__mock/scenario',
      {
        methods: ['GET', 'POST'],
        reply: ({ method, body }) => {
          if (method === 'GET') return renderJson(listScenarios())
          const { scenario } = parseBody(body)
          if (scenario === undefined) {
            throw new Refusal(400, 'Name the scenario: {"scenario": "…"}', { param: 'scenario' })
          }
          config.change({ scenario }, 'started')
          return renderJson(config.describe())
        },
      },
    ],
  ]
}

/** As an array; as lines; or, when followed, as lines of which each comes when its request ends. */
function replyTruth(truth: Truth, { query }: Inquiry): Reply {
  const isFollowed = query.get('follow') === 'true'
  if (query.get('format') !== 'jsonl' && !isFollowed) return renderJson(truth.list())
  const ended = truth.list().filter(({ outcome }) => !isFollowed || outcome !== null)
  const reply = renderText(ended.map(renderLine).join(''), 'application/x-ndjson')
  if (!isFollowed) return reply
  const follow: Reply['follow'] = (write) =>
    truth.watch({
      onClose: (record) => {
        write(renderLine(record))
      },
      onReset: () => {},
    })
  return { ...reply, follow }
}

function renderLine(record: TruthRecord): string {
  return `${JSON.stringify(record)}\n`
}
