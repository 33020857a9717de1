/**
 * The words of a page of HTML or XML, which proxies and gateways answer with: its texts without
 * their tags, in order, each once, with `; ` between them. The title comes first, as it does in the
 * page. What is in scripts and styles is left out; entities are left as they are. `undefined` when
 * the body is no markup. Takes a time that grows with the length of the body alone.
 */
export function markupWords(body: string): string | undefined {
  if (!/^\s*</.test(body)) return undefined
  const [start = '', ...others] = body.split(/<(?=(?:script|style)\b)/i)
  const seen = [start, ...others.map(afterCode)].join('<>')
  const texts = seen.split(/<[^<>]*>/).map((text) => text.replace(/\s+/g, ' ').trim())
  return [...new Set(texts)].filter((text) => text !== '').join('; ')
}

/** What follows the end of the script or style that `text` is the inside of. */
function afterCode(text: string): string {
  const end = text.search(/<\/(?:script|style)\b/i)
  return end === -1 ? '' : text.slice(end)
}
