import { cleanLine } from '../../bench-spec/plain-text.ts'
import { requestNumber, type RequestRecord, type Records } from '../../engine/record.ts'
import { measure } from '../../metrics/measure.ts'
import { outputTokens } from '../../metrics/throughput.ts'
import { formatCount } from '../units.ts'
import {
  findOrigin,
  findStart,
  measureDuration,
  measuredOnly,
  negateDuration,
  pickFirst,
} from './instants.ts'
import { type Content, type Markup, markup, trust } from './markup.ts'
import { nameOutcome } from './request-outcome.ts'
import { renderScrolling } from './table.ts'

/** Rows that stand in the page without the script. */
const mostStatic = 100
/** Rows that the script can show. */
const mostEmbedded = 20_000
/** Different messages that are kept for the script. */
const mostMessages = 300

const titles = [
  'request',
  'outcome',
  'began ms',
  'ttft ms',
  'took ms',
  'stall ms',
  'tokens',
  'bytes',
  'message',
]

/** number, place in `outcomes`, began, ttft, took, stall, tokens, bytes, place in `messages` or -1. */
type Row = [
  number: number,
  outcome: number,
  began: number,
  ttft: number | null,
  took: number,
  stall: number | null,
  tokens: number,
  bytes: number,
  message: number,
]

interface Listing {
  outcomes: string[]
  messages: string[]
  rows: Row[]
}

/** The measured requests, the failed ones first, then the slowest. */
export function renderRequestList(records: Records): Markup {
  const requests = measuredOnly(records)
  if (requests.length === 0) return markup`<p>No measured request was sent.</p>`
  const listing = list(pickInteresting(requests), findOrigin(records))
  const shown = listing.rows.slice(0, mostStatic)
  const head = titles.map(
    (title, column) =>
      markup`<th scope="col"${isText(column) ? undefined : markup` class="number"`}>${title}</th>`,
  )
  const caption = `Measured requests, the failed first, then the slowest: ${formatCount(shown.length)} of ${formatCount(requests.length)}`
  const table = markup`<table id="requests-table"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${shown.map((row) => renderRow(row, listing))}</tbody></table>`
  const left =
    requests.length > mostEmbedded
      ? ` Only the first ${formatCount(mostEmbedded)} in this order are in this page.`
      : ''
  return markup`<form id="requests-controls" hidden><label>Search <input type="search" id="requests-search" autocomplete="off"></label><label>Outcome <select id="requests-outcome"><option value="">all</option>${listing.outcomes.map((outcome, index) => markup`<option value="${index}">${outcome}</option>`)}</select></label><output id="requests-count" for="requests-search requests-outcome"></output></form>
${renderScrolling('Measured requests', table)}
<p><button type="button" id="requests-more" hidden>Show 200 more</button></p>
<p class="note">Requests are numbered in the order in which they were sent, from 1, in every file; all instants of one are in requests.ndjson.gz. Tokens are the server's count, or token events where it sent none.${left}</p>
<script type="application/json" id="requests-data">${trust(embed(listing))}</script>`
}

const rank = { failed: 0, cancelled: 1, left: 2, completed: 3 }

function pickInteresting(requests: Records): RequestRecord[] {
  const others = requests.filter(({ outcome }) => outcome !== 'completed')
  const completed = requests.filter(({ outcome }) => outcome === 'completed')
  const first = pickFirst(others, mostEmbedded, ({ outcome }) => rank[outcome])
  return [...first, ...pickFirst(completed, mostEmbedded - first.length, negateDuration)]
}

function list(requests: Records, origin: number): Listing {
  const outcomes = new Map<string, number>()
  const messages = new Map<string, number>()
  const rows = requests.map((record): Row => {
    const message = record.outcome === 'failed' ? cleanLine(record.failure.message) : ''
    return [
      requestNumber(record),
      place(outcomes, nameOutcome(record)),
      tenths(findStart(record) - origin),
      tenthsOrNull(measure(record, 'ttft')),
      tenths(measureDuration(record)),
      tenthsOrNull(measure(record, 'stall')),
      outputTokens(record),
      record.bytes,
      message === '' || (messages.size >= mostMessages && !messages.has(message))
        ? -1
        : place(messages, message),
    ]
  })
  return { outcomes: [...outcomes.keys()], messages: [...messages.keys()], rows }
}

function place(known: Map<string, number>, text: string): number {
  const at = known.get(text) ?? known.size
  known.set(text, at)
  return at
}

function tenths(ms: number): number {
  return Number(ms.toFixed(1))
}

function tenthsOrNull(value: number | 'inapplicable' | undefined): number | null {
  return typeof value === 'number' ? tenths(value) : null
}

function isText(column: number): boolean {
  return column === 1 || column === 8
}

function renderRow(row: Row, { outcomes, messages }: Listing): Markup {
  const [number, outcome, began, ttft, took, stall, tokens, bytes, message] = row
  const numbers = [began, ttft, took, stall].map((value) => value?.toFixed(1) ?? '–')
  const cells: Content[] = [outcomes[outcome], ...numbers, tokens, bytes, messages[message]]
  const line = cells.map((cell, column) =>
    isText(column + 1)
      ? markup`<td><bdi>${cell}</bdi></td>`
      : markup`<td class="number">${cell}</td>`,
  )
  return markup`<tr><th scope="row" class="number">${number}</th>${line}</tr>`
}

/** JSON that can neither end its element nor a line of a script. */
function embed(listing: Listing): string {
  return JSON.stringify(listing).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
