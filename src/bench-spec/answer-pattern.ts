/** UTF-16 units of a regular expression. */
const longest = 200

/** Repeats without an end in one: each multiplies the time by the length of the text. */
const mostEndless = 3

/**
 * What keeps a regular expression from being used on answers; `undefined`: nothing. Besides what does
 * not compile that is what may take forever on some text: a repeat inside of a repeat, alternatives
 * inside of one, a back reference.
 */
export function explainPattern(source: string): string | undefined {
  if (source.length > longest) {
    return `must have at most ${longest} characters, got ${source.length}.`
  }
  try {
    ''.search(new RegExp(source, 'u'))
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*: /s, '')
    return `is no regular expression: ${reason}. In YAML write it in single quotes, for example '^\\d+$'.`
  }
  return explainTime(source)
}

interface Group {
  /** Whether the same text may be taken by it in more than one way, as far as can be seen. */
  isOpen: boolean
}

const slow = 'may take forever on some answer'

/** An escape, a class, the opening of a group, a quantifier, or one other character. */
const pieces =
  /\\(?:[1-9]|k<)|\\.|\[(?:\\.|[^\]])*\]|\((?:\?(?:<?[=!]|:|<[^>]*>|[a-z-]*:))?|\{\d+(,?)(\d*)\}|./gsu

function explainTime(source: string): string | undefined {
  const groups: Group[] = [{ isOpen: false }]
  let closed: Group | undefined
  let endless = 0
  for (const [piece, comma, most] of source.matchAll(pieces)) {
    const group = groups.at(-1)
    const before = closed
    closed = undefined
    if (/^\\(?:[1-9]|k<)$/.test(piece)) {
      return `${slow}: it refers back to what it has found. Write it without ${piece}.`
    }
    if (piece.startsWith('(')) groups.push({ isOpen: false })
    else if (piece === ')') {
      closed = groups.pop()
      const outer = groups.at(-1)
      if (outer !== undefined && closed?.isOpen === true) outer.isOpen = true
    } else if (piece === '|') {
      if (group !== undefined) group.isOpen = true
    } else if (isQuantifier(piece, comma)) {
      const isRepeat = piece !== '?' && most !== '1'
      if (isRepeat && before?.isOpen === true) {
        return `${slow}: it repeats what itself repeats or has alternatives. Write it with one repeat, for example of a class like [\\w, ]*.`
      }
      if (group !== undefined) group.isOpen = true
      if (piece === '*' || piece === '+' || (comma === ',' && most === '')) endless++
    }
  }
  if (endless <= mostEndless) return undefined
  return `${slow}: it repeats without an end in ${endless} places. Leave at most ${mostEndless} of *, + and {n,}.`
}

/** `{3}` takes a text in one way only. */
function isQuantifier(piece: string, comma: string | undefined): boolean {
  return /^[*+?]$/.test(piece) || (piece.startsWith('{') && comma === ',')
}
