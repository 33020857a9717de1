import { type Answer, type Heard, play } from '../engine/_played.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer } from './fuzzer.ts'
import { mutateBytes } from './mutation.ts'

const words = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '0\r\n\r\n',
  'HTTP/1.1 ',
  'HTTP/1.0 ',
  'HTTP/2.0 200 OK\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\n\r\n',
  'HTTP/1.1 099 \r\n\r\n',
  ' 1000 ',
  'content-length: 5\r\n',
  'Content-Length: 18446744073709551616\r\n',
  'content-length: -1\r\n',
  'content-length:\r\n',
  'content-length: +5\r\n',
  'content-length: 5, 5\r\n',
  'transfer-encoding: chunked\r\n',
  'transfer-encoding: gzip, chunked\r\n',
  'transfer-encoding: chunked, gzip\r\n',
  'transfer-encoding: gzip\r\n',
  'Transfer-Encoding:\r\n',
  'connection: close\r\n',
  'connection: keep-alive\r\n',
  'keep-alive: timeout=1\r\n',
  'set-cookie: a=b\r\n',
  'x: \0\r\n',
  'x: \u00e9\r\n',
  'x : y\r\n',
  ': no name\r\n',
  ' folded\r\n',
  '\tfolded\r\n',
  'no colon\r\n',
  'ffffffffffffffff\r\n',
  '10000000000000000\r\n',
  '000000000000000000001\r\na\r\n',
  '-5\r\n',
  '+5\r\n',
  '5 \r\n',
  '5;a\r\n',
  '5;a="b c";d=e\r\n',
  ';=\r\n',
  ';a="\\"\r\n',
  ';a="b\r\n"',
  'x'.repeat(17_000),
  `x: ${'y'.repeat(9000)}\r\n`,
]

/** Whatever a server writes, our own client takes it for what undici takes it for. */
export const transports: Fuzzer = {
  name: 'transports',
  purpose: 'spoilt responses: both transports come to the same outcome, status, headers and bytes',
  cases: 100_000,
  slice: 400,
  start: () => ({
    async attempt(chance) {
      const method = chance.pick(['POST', 'POST', 'POST', 'GET', 'HEAD'])
      const answer = drawAnswer(chance)
      const [lean, undici] = await Promise.all([
        play('lean', answer, { method }),
        play('undici', answer, { method }),
      ])
      const sent = Buffer.concat(answer.reads).toString('latin1')
      if (isKnown(sent, undici)) return
      const [ours, theirs] = [tellOf(lean), tellOf(undici)]
      if (ours === theirs) return
      const input = { method, last: answer.last, reads: answer.reads, lean, undici }
      throw new Finding(`lean: ${ours}\n  undici: ${theirs}`, input)
    },
  }),
}

function tellOf({ outcome, status, headers, body, answered }: Heard): string {
  return JSON.stringify({ outcome, status, headers, answered, body: body.toString('latin1') })
}

/** Where undici says something that we do not. */
function isKnown(sent: string, { message = '' }: Heard): boolean {
  return (
    // It adds blanks behind a length to its digits.
    /content-length:[ \t]*\d+[ \t]+\r/i.test(sent) ||
    // It waits for the next byte before it refuses a length of nothing.
    /content-length:[ \t]*\r\n$/i.test(sent) ||
    // It takes RTSP and ICE for HTTP.
    /^[IR]/m.test(sent) ||
    // It tells nothing of a head that switches protocols, or fails in an assertion of its own.
    /^HTTP\/\d\.\d 101/m.test(sent) ||
    // It says so of all that it cannot read behind a length.
    message.includes('does not match content-length')
  )
}

function drawAnswer(chance: Chance): Answer {
  const whole = drawResponse(chance)
  const bytes = chance.happens(0.1) ? whole : mutateBytes(whole, chance, words)
  const cuts = chance.happens(0.05)
    ? Array.from({ length: Math.min(bytes.length, 400) }, (_, at) => at)
    : chance.some(0, 4, () => chance.below(bytes.length + 1)).sort((a, b) => a - b)
  const reads = [0, ...cuts].map((cut, index) => bytes.subarray(cut, cuts[index]))
  return {
    reads: reads.filter((read) => read.length > 0),
    last: chance.pick(['stay', 'stay', 'end', 'reset'] as const),
  }
}

function drawResponse(chance: Chance): Buffer {
  const interim = chance.happens(0.1) ? 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n' : ''
  const status = chance.pick(['200 OK', '200', '404 Not Found', '500 \u00e9', '204 x', '304 y'])
  const version = chance.pick(['1.1', '1.1', '1.1', '1.0'])
  const extra = chance.some(0, 3, () =>
    chance.pick([
      'content-type: text/event-stream\r\n',
      'X-Request-Id:abc\r\n',
      'set-cookie: a=b\r\n',
      'connection: close\r\n',
      'Connection: Keep-Alive, x\r\n',
      'keep-alive: timeout=5, max=100\r\n',
      'empty:\r\n',
      'blank:  \r\n',
      'server: \t a b \t\r\n',
    ]),
  )
  const head = `${interim}HTTP/${version} ${status}\r\n${extra.join('')}`
  const pieces = chance.some(0, 4, () => chance.pick(['a', 'data: {}\n\n', '潮', 'b'.repeat(40)]))
  const body = pieces.join('')
  return Buffer.from(
    chance.pick([
      () => `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      () => `${head}\r\n${body}`,
      () => `${head}transfer-encoding: chunked\r\n\r\n${drawChunks(chance, pieces)}`,
      () => `${head}Transfer-Encoding: Chunked\r\n\r\n${drawChunks(chance, pieces)}`,
    ])(),
  )
}

function drawChunks(chance: Chance, pieces: readonly string[]): string {
  const extension = (): string =>
    chance.pick(['', '', '', ';a', ';a=b', ';a="b;\\"c"', ';a;b=c', ';a="";d'])
  const size = (piece: string): string => {
    const digits = Buffer.byteLength(piece).toString(16)
    return chance.pick([digits, digits.toUpperCase(), `00${digits}`])
  }
  const chunks = pieces.map((piece) => `${size(piece)}${extension()}\r\n${piece}\r\n`)
  const trailers = chance.pick(['', '', 'x: y\r\n', 'etag: "a"\r\nz:\r\n'])
  return `${chunks.join('')}0${extension()}\r\n${trailers}\r\n`
}
