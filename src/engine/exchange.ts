import { keepKnown } from '../bench-spec/known.ts'
import type { LeavingTime } from '../bench-spec/leaving.ts'
import type { Answer } from '../bench-spec/message.ts'
import { cleanMessage } from '../bench-spec/plain-text.ts'
import { redactDeep, type Redactor } from '../bench-spec/redaction.ts'
import type { Timeouts } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import { createDecoder } from '../stream/decode.ts'
import type { AnswerCheck } from '../stream/expectation.ts'
import type { NameCount } from '../stream/name-count.ts'
import { checkContentType, checkEncoding, createReader } from '../stream/read.ts'
import type { StreamReader } from '../stream/reader.ts'
import { isExpectedStatus, judgeAnswer, judgeStatus } from './answer-check.ts'
import type { Connection, ResponseHandler } from './connection.ts'
import { listDeadlines, type Progress, shortestLimit } from './deadlines.ts'
import {
  classifyError,
  describeNoStatus,
  describeStatus,
  findShortage,
  isClosed,
  lowestStatus,
} from './failure.ts'
import { Lane } from './lane.ts'
import type {
  FailedRecord,
  Failure,
  FailureKind,
  RequestMarks,
  RequestRecord,
  Shortage,
} from './record.ts'
import type { Recorder } from './recording.ts'
import { type Ending, endings, waitedFor } from './request-end.ts'
import type { Ticket } from './schedule.ts'

/** UTF-16 units of an error body that are looked at: enough to find the server's message in it. */
const errorBodyLimit = 65_536

/** UTF-16 units of the name of an event or a key. */
const nameLimit = 64

/** UTF-16 units of a message that are looked at. */
const wordsLimit = 4096

const noTimes = new Float64Array()

export interface ExchangeOptions {
  connection: Connection
  request: PreparedRequest
  ticket: Ticket
  slot: number
  /** Instant at which the slot became free. */
  scheduled: number
  timeouts: Timeouts
  /** When its client goes away; `undefined`: it stays to the end. */
  leaving?: LeavingTime | undefined
  stream: StreamFormat | undefined
  /** What an answer that is complete has to be besides; `undefined`: nothing. */
  expected?: AnswerCheck | undefined
  /** Keeps what is sent and got; `undefined`: it is not recorded. */
  recorder?: Recorder | undefined
  /** Takes secrets out of whatever goes into the record, before it is cleaned or cut. */
  redactor: Redactor
  /** Whether it is sent once more where the server closes a kept connection without an answer. */
  resend: boolean
  /** What of the answer is told with the record: its text, also the calls of tools in it, or nothing. */
  keeps?: 'text' | 'calls' | undefined
  /** Present instant, ms. */
  now(): number
  /** Called before `onRecord` when this machine, not the target, has kept the request from being sent. */
  onShortage(shortage: Shortage): void
  /** Called once; the slot is free again. `answer`: as the server said it, secrets and all. */
  onRecord(record: RequestRecord, answer: Answer | undefined): void
}

/** One request in flight. */
export interface Exchange {
  /** Ends the request if a deadline has passed at `at`. Returns an instant before which none passes. */
  checkDeadlines(at: number): number
  /** The run is being stopped: the record becomes `cancelled`. */
  cancel(): void
}

/** Sends one request, stamps it and turns whatever happens into one record. Never throws. */
export function startExchange(options: ExchangeOptions): Exchange {
  const { connection, request, ticket, timeouts, leaving, expected, redactor, recorder, now } =
    options
  const called = now()
  const marks: RequestMarks = { scheduled: options.scheduled, called, ended: called }
  let reader: StreamReader | undefined
  let status: number | undefined
  let headers: Readonly<Record<string, string | undefined>> = {}
  /** Fault that the headers alone prove; the body is then read to its end but not looked at. */
  let headerFault: Failure | undefined
  let errorBody = ''
  const decodeError = createDecoder()
  let bytes = 0
  let reads = 0
  let reused = false
  let replaced: RequestRecord['replaced']
  let lane: Lane | undefined
  /** Whether the first byte of the response has come. */
  let answered = false
  /** Since when a connection is waited for. */
  let waiting = called
  let settled = false
  /** What is wrong already: the connection's own error then only confirms it. */
  let known: Failure | undefined
  /** Instant at which the client went away. */
  let left: number | undefined
  const shortest = shortestLimit(timeouts, leaving)

  function settle(at: number, outcome: Failure | Ending): void {
    if (settled) return
    settled = true
    const stream = reader?.marks
    const end = typeof outcome === 'object' ? describeFailure(outcome) : endings[outcome]
    options.onRecord(
      keepKnown<RequestRecord>({
        target: ticket.target,
        index: ticket.index,
        row: request.row,
        kind: request.kind,
        phase: ticket.phase,
        round: ticket.round,
        stage: ticket.stage,
        session: ticket.session,
        turn: ticket.turn,
        step: ticket.step,
        slot: options.slot,
        marks: keepKnown<RequestMarks>({
          ...marks,
          firstEvent: stream?.firstEvent,
          firstContent: stream?.firstContent,
          firstToken: stream?.firstToken,
          firstOutput: stream?.firstOutput,
          lastToken: stream?.lastToken,
          completed: stream?.completed,
          ended: at,
        }),
        tokenTimes: stream?.tokenTimes.values() ?? noTimes,
        status,
        events: stream?.events ?? 0,
        reads,
        bytes,
        promptTokens: stream?.promptTokens,
        cachedTokens: stream?.cachedTokens,
        completionTokens: stream?.completionTokens,
        reused,
        leaves: leaving === undefined ? undefined : true,
        replaced,
        dialect: stream?.dialect,
        output: findOutput(),
        eventNames: stream && nameEvents(stream.eventNames),
        missingOutput: stream?.missingOutput && {
          at: stream.missingOutput.at,
          keys: stream.missingOutput.keys.map(cleanName),
        },
        ...end,
      }),
      options.keeps && readAnswer(),
    )
  }

  /** Counts what the lane has taken by itself. */
  function catchUp(): void {
    const taken = lane?.clear()
    if (taken === undefined) return
    marks.lastByte = taken.at
    reads += taken.reads
    bytes += taken.bytes
    reader?.repeat?.(taken.events, taken.at)
  }

  function readAnswer(): Answer | undefined {
    const { output: text = '', toolCalls: calls } = reader?.marks ?? {}
    return reader && keepKnown<Answer>({ text, calls })
  }

  /** Kept where the spec says where it is: one that is only compared is of no use afterwards. */
  function findOutput(): string | undefined {
    const output = reader?.marks.output
    if (output === undefined || options.stream?.outputPath === undefined) return undefined
    return redactor.redact(output)
  }

  /** At the end of a body, whose instant is taken already. */
  function endReading(read: StreamReader, at: number): Failure | 'completed' {
    return read.end(at) ?? judgeAnswer(expected, read, redactor) ?? 'completed'
  }

  function nameEvents(counts: readonly NameCount[]): RequestRecord['eventNames'] {
    if (counts.length === 0) return undefined
    return counts.map(({ name, count }) => ({ name: cleanName(name), count }))
  }

  function cleanName(name: string): string {
    return cleanMessage(redactor.redactStart(name, nameLimit), nameLimit)
  }

  function describeFailure({ kind, message }: Failure): Pick<FailedRecord, 'outcome' | 'failure'> {
    const failure = { kind, message: cleanMessage(redactor.redactStart(message, wordsLimit)) }
    return { outcome: 'failed', failure }
  }

  /** What the bytes so far prove, when the connection ends in another way than by a clean EOF. */
  function settleBroken(at: number, failure: Failure): void {
    const fault = headerFault ?? reader?.fault()
    if (fault !== undefined) settle(at, fault)
    // An answer that has ended properly stays one, however its connection ends afterwards.
    else if (reader?.marks.completed !== undefined) settle(at, endReading(reader, at))
    else settle(at, failure)
  }

  function expire(kind: FailureKind, limit: number): void {
    if (known !== undefined) return
    known = { kind, message: `${waitedFor[kind] ?? kind}: not within ${limit} ms` }
    connection.cancel(new Error(kind))
  }

  function isTimeToLeave(at: number): boolean {
    if (leaving === undefined || marks.dispatched === undefined) return false
    if (leaving === 'first-token') return reader?.marks.firstToken !== undefined
    return at - marks.dispatched >= leaving
  }

  /** What has ended or failed already is let to its end. */
  function leaveInTime(at: number): boolean {
    if (known !== undefined || !isTimeToLeave(at)) return false
    const isAnswered = status !== undefined && status >= 200
    if (isAnswered && (reader === undefined || reader.marks.completed !== undefined)) return false
    if (reader?.fault() !== undefined) return false
    left = at
    connection.cancel(new Error('left'))
    return true
  }

  function fail(error: Error): void {
    if (settled) return
    catchUp()
    if (left !== undefined) return settle(left, 'left')
    const shortage = findShortage(error)
    if (shortage !== undefined) {
      options.onShortage(shortage)
      return settle(now(), 'cancelled')
    }
    if (mayResend(error)) return resend()
    const dispatched = marks.dispatched !== undefined
    const stage = { dispatched, answered: marks.headers !== undefined, reused }
    settleBroken(now(), known ?? classifyError(error, stage))
  }

  /** The server may close what it keeps at any time, and a request that crosses that is not its fault. */
  function mayResend(error: Error): boolean {
    const once = replaced !== 'resent' && known === undefined
    return options.resend && once && reused && !answered && isClosed(error)
  }

  function resend(): void {
    replaced = 'resent'
    delete marks.dispatched
    waiting = now()
    send()
  }

  const handler: ResponseHandler = {
    onDrop() {
      replaced ??= 'unsent'
    },
    onSend(onUsedSocket) {
      marks.dispatched ??= now()
      recorder?.dispatch(marks.dispatched)
      reused = onUsedSocket
    },
    onAnswer() {
      answered = true
    },
    onHeaders(code, sent, all = sent) {
      recorder?.respond(code, all)
      marks.headers = now()
      if (code < lowestStatus) {
        known ??= describeNoStatus(code)
        return
      }
      status = code
      const values = redactor.reach === 0 ? sent : redactDeep(sent, redactor.redact)
      headers = values
      const isSuccess = code >= 200 && code <= 299
      if (!isSuccess && !isExpectedStatus(expected, code)) return
      if (isSuccess) {
        headerFault =
          judgeStatus(expected, code) ??
          checkEncoding(values['content-encoding']) ??
          checkContentType(options.stream, values['content-type'])
      }
      if (headerFault !== undefined) return
      reader = createReader(options.stream, values['content-type'], {
        keepOutput: options.keeps !== undefined || expected?.needsOutput === true,
        keepCalls: options.keeps === 'calls',
        keepToolNames: expected?.needsToolNames ?? false,
        mayFail: !isSuccess,
      })
    },
    onData(chunk, sameRead = false) {
      if (left !== undefined || chunk.byteLength === 0) return
      catchUp()
      // What came in one read was all there when its first piece was looked at.
      const at = (sameRead ? marks.lastByte : undefined) ?? now()
      if (!sameRead) {
        // What comes behind the instant is not for a client that is gone by then.
        if (leaving !== undefined && leaveInTime(at)) return
        reads++
      }
      marks.firstByte ??= at
      marks.lastByte = at
      bytes += chunk.byteLength
      recorder?.read(chunk, at)
      if (reader !== undefined) {
        reader.feed(chunk, at)
        if (leaving === 'first-token') leaveInTime(at)
      } else if (errorBody.length < errorBodyLimit + redactor.reach) {
        errorBody = (errorBody + decodeError(chunk)).slice(0, errorBodyLimit + redactor.reach)
      }
    },
    lane() {
      // Of these every read is looked at.
      if (recorder !== undefined || leaving !== undefined) return undefined
      const steady = reader?.steady?.()
      if (steady === undefined) return undefined
      lane ??= new Lane(steady, now)
      lane.steady = steady
      lane.at = marks.lastByte ?? 0
      return lane
    },
    onEnd() {
      const at = now()
      catchUp()
      recorder?.end(at)
      if (status === undefined) {
        return settle(at, known ?? { kind: 'protocol', message: 'no response' })
      }
      if (reader !== undefined) return settle(at, endReading(reader, at))
      const body = redactor.redactStart(errorBody, errorBodyLimit)
      settle(at, headerFault ?? describeStatus(status, body, headers))
    },
    onError: fail,
  }

  function send(): void {
    try {
      connection.send(request, handler)
    } catch (error) {
      // Not in this turn: the slot would be refilled inside of its own dispatch.
      setImmediate(fail, error instanceof Error ? error : new Error(String(error)))
    }
  }

  send()

  return {
    checkDeadlines(at) {
      catchUp()
      if (leaveInTime(at)) return Infinity
      let next = at + shortest
      if (typeof leaving === 'number') {
        const leave = (marks.dispatched ?? at) + leaving
        // One that has passed and was not kept never is.
        if (leave > at) next = Math.min(next, leave)
      }
      const { firstToken } = reader?.marks ?? {}
      const progress: Progress = {
        waiting,
        dispatched: marks.dispatched,
        heard: marks.lastByte ?? marks.headers,
        awaitsToken: options.stream?.dialect !== 'json' && firstToken === undefined,
      }
      for (const { kind, since, limit } of listDeadlines(timeouts, progress)) {
        if (at - since >= limit) {
          expire(kind, limit)
          return Infinity
        }
        next = Math.min(next, since + limit)
      }
      return next
    },
    cancel() {
      catchUp()
      settle(now(), 'cancelled')
      connection.cancel(new Error('cancelled'))
    },
  }
}
