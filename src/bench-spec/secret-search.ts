import { dropSpace, listLayers } from './escapes.ts'
import { findSource, type Span } from './rewriting.ts'
import { listForms } from './secret-form.ts'
import type { Secret } from './spec.ts'

/** Where a secret stands, in whatever form. */
export interface Finding extends Span {
  label: string
}

/** UTF-16 units by which a form is found, and that it has at least. */
const tailLength = 4

/** UTF-16 units of all secrets together up to which composed forms are looked for: there are a hundred of each. */
const composedLimit = 2 ** 17

/**
 * Makes a function that finds every secret in a text: whatever its white space, below up to four
 * layers of escapes, in hexadecimal and base64. The findings are in order and do not overlap; one
 * that others overlap is named by the longest. Takes time proportional to the text, however many
 * secrets there are.
 */
export function createSearch(secrets: readonly Secret[]): (text: string) => Finding[] {
  const labels = new Map<string, string>()
  const composed = secrets.reduce((sum, { value }) => sum + value.length, 0) <= composedLimit
  for (const { value, label } of secrets) {
    for (const form of listForms(value, composed)) {
      if (form.length >= tailLength && !labels.has(form)) labels.set(form, label)
    }
  }
  // By how they end: keys of one provider begin alike.
  const byTail = new Map<string, string[]>()
  const tails = new Uint8Array(2 ** 16)
  for (const form of [...labels.keys()].sort((a, b) => b.length - a.length)) {
    const tail = form.slice(-tailLength)
    byTail.set(tail, [...(byTail.get(tail) ?? []), form])
    const code = (at: number): number => tail.charCodeAt(at)
    tails[hash(code(0), code(1), code(2), code(3))] = 1
  }

  /** Whether any form ends in a text, white space left out; most texts are done with here. */
  function mayHold(text: string): boolean {
    if (rareSpace.test(text)) return true
    let [a, b, c] = [0, 0, 0]
    for (let at = 0; at < text.length; at++) {
      const d = text.charCodeAt(at)
      if (d <= 32 || d === plus) continue
      if (tails[hash(a, b, c, d)] !== 0 && byTail.has(String.fromCharCode(a, b, c, d))) return true
      a = b
      b = c
      c = d
    }
    return false
  }

  function searchPlain(text: string): Finding[] {
    const found: Finding[] = []
    for (let end = tailLength; end <= text.length; end++) {
      const form = byTail
        .get(text.slice(end - tailLength, end))
        ?.find((each) => text.endsWith(each, end))
      if (form === undefined) continue
      found.push({ start: end - form.length, end, label: labels.get(form) ?? '' })
    }
    return found
  }

  return (text) => {
    if (labels.size === 0) return []
    const findings = listLayers(text).flatMap((layer) => {
      if (!mayHold(layer.text)) return []
      const spaced = dropSpace(layer.text)
      return searchPlain(spaced.text).map(({ label, ...span }) => {
        const steps = [...layer.steps, spaced]
        return {
          ...widen(
            text,
            steps.reduceRight((at, step) => findSource(step, at), span),
          ),
          label,
        }
      })
    })
    return findings.length < 2 ? findings : join(findings)
  }
}

/** Over a `+` on either side, with which a secret may begin or end. */
function widen(text: string, { start, end }: Span): Span {
  let [first, last] = [start, end]
  while (text[first - 1] === '+') first--
  while (text[last] === '+') last++
  return { start: first, end: last }
}

function hash(a: number, b: number, c: number, d: number): number {
  return (a * 29_791 + b * 961 + c * 31 + d) & 0xffff
}

const plus = 43

/** Space beyond ASCII. */
const rareSpace =
  /[\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/

/** One of those that overlap, from the start of the first to the end of the last. */
function join(findings: readonly Finding[]): Finding[] {
  const joined: Finding[] = []
  let longest = 0
  for (const { start, end, label } of findings.toSorted((a, b) => a.start - b.start)) {
    const last = joined.at(-1)
    if (last === undefined || start >= last.end) {
      joined.push({ start, end, label })
      longest = end - start
      continue
    }
    if (end - start > longest) {
      longest = end - start
      last.label = label
    }
    last.end = Math.max(last.end, end)
  }
  return joined
}
