import { readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import { dialectNames, type StreamFormat } from '../bench-spec/stream-format.ts'
import { renderJson } from '../report/escaping.ts'
import { isRecordings, parseRecordings, type RecordedRequest } from '../results/recordings.ts'
import { loadSpecs } from '../run/checked-spec.ts'
import { traceRecording } from '../run/recording-file.ts'
import { traceStream } from '../stream/trace.ts'
import { exitCodes } from '../verdict/exit-code.ts'
import { UsageError } from './arguments.ts'
import { type Command, defineCommand } from './command.ts'
import { type Replay, toReplayDocument } from './replay-document.ts'
import { renderReplay } from './replay-text.ts'
import { config } from './shared-options.ts'
import { choice, text, wholeNumber } from './value-kind.ts'

export const replay: Command = defineCommand({
  summary: 'read a recorded stream and show what it was taken for',
  usage: ['FILE [OPTIONS]'],
  purpose:
    'Reads the answer in a file as a run would, and prints its events, what each was taken for, and what came of it: first event, first token, output, end, usage, or why it is incomplete. The file is the `debug_events.ndjson` of `slogate run --debug-events`, or the body as `curl -N … > FILE` leaves it, which holds no times. Where no format is given, one is proposed.',
  options: {
    config: {
      ...config,
      description: 'bench spec whose `stream_format` is used; by default that of the recorded run',
    },
    request: {
      value: wholeNumber('N', 1),
      default: 1,
      description: 'which request of a `debug_events.ndjson`, from 1',
    },
    type: {
      value: choice('DIALECT', dialectNames),
      description: '`type` of the `stream_format` to try, in place of any other',
    },
    'first-token-event': { value: text('NAME'), description: 'its `first_token_event`' },
    'completion-event': { value: text('NAME'), description: 'its `completion_event`' },
    'output-path': { value: text('PATH'), description: 'its `output_path`' },
    'content-type': {
      value: text('TYPE'),
      description:
        'content type of a body without headers; by default told from its first characters',
    },
    json: { description: 'print one JSON document: events, marks, texts by event and path' },
  },
  operands: { needed: 'one recorded stream', least: 1, most: 1, offers: 'files' },
  exitCodes: { 0: 'read, whatever it holds', 3: 'bad usage or a file that cannot be read' },
  examples: [
    'slogate replay .vitest/slogate/dify/debug_events.ndjson --request 2',
    'slogate replay answer.sse --type sse --completion-event workflow_finished',
  ],
  async run({ values, operands }, { env, cwd, stdout }) {
    const [file = ''] = operands
    const bytes = readBytes(file, cwd)
    const given = readFormat(values)
    const spec =
      given === undefined && values.config !== undefined
        ? loadSpecs(values.config, { env, cwd })[0]?.stream
        : undefined
    const content = bytes.toString()
    const replayed = isRecordings(content)
      ? replayRecorded(parseRecordings(content, file), values.request, given ?? spec)
      : replayBody(bytes, given ?? spec, values['content-type'] ?? guessContentType(content, file))
    stdout.write(
      values.json ? `${renderJson(toReplayDocument(replayed))}\n` : `${renderReplay(replayed)}\n`,
    )
    return exitCodes.pass
  },
})

interface FormatValues {
  type: StreamFormat['dialect'] | undefined
  'first-token-event': string | undefined
  'completion-event': string | undefined
  'output-path': string | undefined
}

function readFormat(values: FormatValues): StreamFormat | undefined {
  const rest = keepKnown<Omit<StreamFormat, 'dialect'>>({
    firstTokenEvent: values['first-token-event'],
    completionEvent: values['completion-event'],
    outputPath: values['output-path'],
  })
  const { firstTokenEvent, completionEvent } = rest
  if (values.type === 'json' && (firstTokenEvent ?? completionEvent) !== undefined) {
    throw new UsageError('--type json is one whole document, which has no events')
  }
  if (values.type !== undefined) return { dialect: values.type, ...rest }
  if (Object.keys(rest).length === 0) return undefined
  throw new UsageError('what is said of a format needs its --type, for example --type sse')
}

function replayRecorded(
  requests: readonly RecordedRequest[],
  number: number,
  format: StreamFormat | undefined,
): Replay {
  const request = requests[number - 1]
  if (request === undefined) {
    throw new UsageError(`there is no request ${number}, the file holds ${requests.length}`)
  }
  const used = format ?? request.stream
  const { recording } = request
  return keepKnown<Replay>({
    request,
    contentType: recording.headers['content-type'],
    format: used,
    trace: traceRecording(recording, used),
  })
}

function replayBody(bytes: Buffer, format: StreamFormat | undefined, contentType: string): Replay {
  const trace = traceStream([{ at: 0, bytes }], { format, contentType, ended: 0 })
  return keepKnown<Replay>({ contentType, format, trace })
}

/** What a server would have called it. */
function guessContentType(content: string, file: string): string {
  const start = content.trimStart()
  if (/^(data|event|id|retry)?:/.test(start)) return 'text/event-stream'
  const lines = start.split('\n').filter((line) => line.trim() !== '')
  if (start.startsWith('[') || (lines.length === 1 && start.startsWith('{'))) {
    return 'application/json'
  }
  if (start.startsWith('{') && isJson(lines[0] ?? '')) return 'application/x-ndjson'
  if (start.startsWith('{')) return 'application/json'
  return extname(file) === '.sse' ? 'text/event-stream' : 'text/plain'
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}

function readBytes(file: string, cwd: string): Buffer {
  try {
    return readFileSync(resolve(cwd, file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(
      code === 'ENOENT'
        ? `${file}: there is no such file. Give a debug_events.ndjson or a body.`
        : `${file}: cannot be read (${code})`,
    )
  }
}
