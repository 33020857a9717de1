import { parseDuration } from './duration.ts'
import { type Fields, isFields } from './fields.ts'
import { type Path, renderPath } from './issue.ts'
import { keepKnown } from './known.ts'
import type { Content, Session, ToolResult, Turn } from './session.ts'
import type { Row } from './spec.ts'

/** A row of a file as a conversation, and what else stands in it. */
export interface ReadSession {
  session: Session
  /** Its other columns. */
  cells: Row
}

/** What keeps a row from being one: its key, and what is wrong there. */
export class SessionError extends Error {
  override readonly name = 'SessionError'

  constructor(path: Path, message: string) {
    super(path.length === 0 ? message : `${renderPath(path)} ${message}`)
  }
}

/** What the shapes call the list of a conversation. */
const listKeys = ['conversations', 'messages', 'turns'] as const
type ListKey = (typeof listKeys)[number]

const example =
  'Write for example {"turns": [{"user": "…"}]}, {"messages": [{"role": "user", "content": "…"}]} or {"conversations": [{"from": "human", "value": "…"}]}.'

/**
 * Reads a row in one of three shapes: that of ShareGPT, that of OpenAI's messages, and our own. What
 * an assistant says in the data is left out: the server's own answers stand in its place.
 * @throws {SessionError} of the first thing that is wrong.
 */
export function readSession(row: Row): ReadSession {
  const [key, ...more] = listKeys.filter((name) => Object.hasOwn(row, name))
  if (key === undefined) {
    throw new SessionError([], `has none of ${listKeys.join(', ')}: no known shape. ${example}`)
  }
  if (more.length > 0) throw new SessionError([], `has ${key} and ${more[0]}. Keep one of them.`)
  const list = row[key]
  if (!Array.isArray(list) || list.length === 0) {
    throw new SessionError([key], `must be a list of what is said, and not empty. ${example}`)
  }
  const { [key]: _list, ...cells } = row
  if (key === 'turns') return readOwn(list, cells)
  return {
    session: collect(
      list.map((entry, at) => readEntry(entry, key, at)),
      key,
    ),
    cells,
  }
}

/** `{"system": "…", "turns": [{"user": "…", "think": "2s", …}]}`. */
function readOwn(list: readonly unknown[], { system, ...cells }: Row): ReadSession {
  const turns = list.map((entry, at): Turn => {
    const path = ['turns', at]
    if (!isFields(entry)) throw new SessionError(path, 'must be an object, like {"user": "…"}.')
    const { user, think, tool_result: result, ...rest } = entry
    return keepKnown<Turn>({
      user: readContent(user, [...path, 'user']),
      think: readThink(think, [...path, 'think']),
      results: readResults(result, [...path, 'tool_result']),
      cells: rest,
    })
  })
  const first = system === undefined ? undefined : readContent(system, ['system'])
  return { session: keepKnown<Session>({ system: first, turns }), cells }
}

/** A message of a list. */
interface Entry {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: unknown
  fields: Fields
  path: Path
}

const roles: Readonly<Record<string, Entry['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  chatgpt: 'assistant',
  model: 'assistant',
  bot: 'assistant',
  function_call: 'assistant',
  tool: 'tool',
  function: 'tool',
  observation: 'tool',
}

function readEntry(entry: unknown, list: ListKey, at: number): Entry {
  const path = [list, at]
  const [who, what] = list === 'messages' ? ['role', 'content'] : ['from', 'value']
  if (!isFields(entry)) {
    throw new SessionError(path, `must be an object with ${who} and ${what}.`)
  }
  const name = entry[who]
  const role = typeof name === 'string' ? roles[name.toLowerCase()] : undefined
  if (role === undefined) {
    const known = list === 'messages' ? 'system, user, assistant, tool' : 'system, human, gpt, tool'
    const got = name === undefined ? 'nothing' : JSON.stringify(name)
    throw new SessionError([...path, who], `must be one of ${known}, got ${got}.`)
  }
  const { [who]: _role, [what]: content, ...fields } = entry
  return { role, content, fields, path: [...path, what] }
}

function collect(entries: readonly Entry[], list: ListKey): Session {
  let system: Content | undefined
  const turns: (Turn & { results: ToolResult[] })[] = []
  /** Names of the tools that were called, by the id of the call. */
  const called = new Map<unknown, string>()
  let before: Entry | undefined
  for (const entry of entries) {
    const { role, content, fields, path } = entry
    if (role === 'system') {
      if (before !== undefined) throw new SessionError(path, 'must come first: it is the system’s.')
      system = readContent(content, path)
    } else if (role === 'user') {
      const { think, ...cells } = fields
      const thought = readThink(think, [...path.slice(0, -1), 'think'])
      const user = readContent(content, path)
      turns.push({
        ...keepKnown<Pick<Turn, 'user' | 'think'>>({ user, think: thought }),
        results: [],
        cells,
      })
    } else if (role === 'assistant') noteCalls(fields, called)
    else addResult(turns.at(-1), entry, { isNew: before?.role !== 'tool', called })
    before = entry
  }
  if (turns.length === 0) {
    throw new SessionError([list], 'has nothing that a user says. Add a message of a user.')
  }
  return keepKnown<Session>({ system, turns })
}

function noteCalls({ tool_calls: calls }: Fields, called: Map<unknown, string>): void {
  if (!Array.isArray(calls)) return
  for (const call of calls as unknown[]) {
    const { id, function: tool } = isFields(call) ? call : {}
    const name = isFields(tool) ? tool['name'] : undefined
    if (typeof name === 'string') called.set(id, name)
  }
}

/** Neighbours answer one message together. */
function addResult(
  turn: { results: ToolResult[] } | undefined,
  { content, fields, path }: Entry,
  { isNew, called }: { isNew: boolean; called: ReadonlyMap<unknown, string> },
): void {
  if (turn === undefined) throw new SessionError(path, 'answers nothing. A user speaks first.')
  const text = writeResult(content)
  if (text === undefined) throw new SessionError(path, 'is nothing. Write what the tool gives.')
  const own = fields['name']
  const name = typeof own === 'string' ? own : (called.get(fields['tool_call_id']) ?? '*')
  const last = isNew ? undefined : turn.results.pop()
  turn.results.push({ ...(typeof last === 'object' ? last : {}), [name]: text })
}

function readContent(value: unknown, path: Path): Content {
  if (typeof value === 'string' && value.trim() !== '') return value
  if (Array.isArray(value) && value.length > 0) return value
  const got = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
  throw new SessionError(path, `must be a text that says something, got ${got}.`)
}

/** ms. */
function readThink(value: unknown, path: Path): number | undefined {
  if (value === undefined || value === null) return undefined
  const ms =
    typeof value === 'number'
      ? 1000 * value
      : typeof value === 'string'
        ? parseDuration(value)
        : undefined
  if (ms !== undefined && ms >= 0 && ms <= longest) return ms
  const got = JSON.stringify(value)
  throw new SessionError(path, `must be a time such as "2s", or seconds, up to a day, got ${got}.`)
}

/** ms. */
const longest = 86_400_000

/** A list has one for each answer that calls tools. */
function readResults(value: unknown, path: Path): ToolResult[] {
  if (value === undefined || value === null) return []
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.map((each, at) => readResult(each, Array.isArray(value) ? [...path, at] : path))
}

/**
 * A text, or an object of what each tool gives by its name.
 * @throws {SessionError} for anything else.
 */
export function readResult(value: unknown, path: Path): ToolResult {
  if (typeof value === 'string') return value
  if (isFields(value)) {
    const entries = Object.entries(value).map(([name, given]) => [name, writeResult(given) ?? ''])
    return Object.fromEntries(entries) as ToolResult
  }
  throw new SessionError(path, 'must be a text, or an object of texts by the name of the tool.')
}

function writeResult(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
