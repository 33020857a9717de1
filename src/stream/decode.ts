import { StringDecoder } from 'node:string_decoder'

/** Turns the bytes of one body into text, wherever they are cut. A leading BOM is dropped. */
export function createDecoder(): (chunk: Uint8Array) => string {
  const decoder = new StringDecoder('utf8')
  let pending = false
  let started = false

  function decode(chunk: Uint8Array): string {
    const bytes = Buffer.isBuffer(chunk)
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const endsOnCharacter = (bytes[bytes.length - 1] as number) < 0x80
    // Most chunks end with a line feed and need no state.
    const text = pending || !endsOnCharacter ? decoder.write(bytes) : bytes.toString()
    pending = !endsOnCharacter
    return text
  }

  return (chunk) => {
    if (chunk.byteLength === 0) return ''
    const text = decode(chunk)
    if (started || text === '') return text
    started = true
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }
}
