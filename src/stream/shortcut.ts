import type { Pattern } from './frame-layout.ts'
import type { EventMeaning, Interpreter } from './interpret.ts'

/** The inside of a JSON string: exactly what JSON.parse accepts between two quotes. */
const stringBody =
  // oxlint-disable-next-line no-control-regex -- JSON forbids raw control characters in strings
  /[^"\\\u0000-\u001F]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001F]*)*/y

/** Longer events are rare, and a regular expression may run out of stack on them. */
const longest = 65_536

/** How often a stream may show another shape before every event is parsed. */
const attempts = 4

/** Data that differs from `prefix + text + suffix` in nothing but the text means the same. */
export interface Template extends Pattern {
  meaning: EventMeaning
}

/**
 * Wraps an interpreter so that most token events are not parsed: the events of one stream differ in
 * one string only. Its place is learnt from a parsed token event and proved with a probe; an event
 * that equals the template outside of that string, with a valid and non-empty JSON string inside,
 * is then a token event of the same kind, since no rule of a dialect compares the text of a token
 * with anything. Everything else goes to `interpret`.
 *
 * The meaning it returns is overwritten by the next call; its `payload` is `undefined`, and its
 * `text` is only right when `keepText` is set. `onLearn` is told of each template.
 */
export function createShortcut(
  interpret: Interpreter,
  keepText: boolean,
  onLearn: (template: Template) => void = () => {},
): Interpreter {
  let template: Template | undefined
  let attemptsLeft = attempts

  return (data, line) => {
    if (template !== undefined && fits(template, data, line)) {
      if (keepText) template.meaning.text = readText(template, data)
      return template.meaning
    }
    const meaning = interpret(data, line)
    if (attemptsLeft > 0 && meaning.kind === 'event' && meaning.content !== undefined) {
      attemptsLeft--
      const learnt = learn(interpret, data, line, meaning)
      if (learnt !== undefined) {
        template = learnt
        onLearn(learnt)
      }
    }
    return meaning
  }
}

function fits(template: Template, data: string, line: string | undefined): boolean {
  const { prefix, suffix } = template
  const end = data.length - suffix.length
  if (end <= prefix.length || data.length > longest || line !== template.line) return false
  // Comparing slices is several times as fast as startsWith and endsWith.
  if (data.slice(0, prefix.length) !== prefix || data.slice(end) !== suffix) return false
  stringBody.lastIndex = prefix.length
  return stringBody.test(data) && stringBody.lastIndex === end
}

function readText({ prefix, suffix }: Template, data: string): string {
  const body = data.slice(prefix.length, data.length - suffix.length)
  return body.includes('\\') ? (JSON.parse(`"${body}"`) as string) : body
}

function learn(
  interpret: Interpreter,
  data: string,
  line: string | undefined,
  meaning: EventMeaning,
): Template | undefined {
  const inside = JSON.stringify(meaning.text).slice(1, -1)
  for (const body of new Set([inside, escapeNonAscii(inside)])) {
    for (let at = data.indexOf(`"${body}"`); at !== -1; at = data.indexOf(`"${body}"`, at + 1)) {
      const prefix = data.slice(0, at + 1)
      const suffix = data.slice(at + 1 + body.length)
      const probe = interpret(`${prefix}${body}~${suffix}`, line)
      if (probe.kind !== 'event' || probe.text !== `${meaning.text}~`) continue
      // The payload of an event that ends the answer is still needed.
      if (probe.completes !== undefined) continue
      return { line, prefix, suffix, meaning: { ...meaning, payload: undefined } }
    }
  }
  return undefined
}

function escapeNonAscii(body: string): string {
  return body.replace(
    /[^\0-\u007F]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
