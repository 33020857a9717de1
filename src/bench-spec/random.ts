/** Tommy Ettinger's generator of 32-bit numbers. */
export function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return (word ^ (word >>> 14)) >>> 0
  }
}

/** 32 bits of a seed of up to 53 bits and the number of one of its uses, each bit of them mattering. */
export function mix(seed: number, use: number): number {
  return [seed, Math.floor(seed / 2 ** 32), use].reduce((hash, part) => {
    // The finalizer of MurmurHash3.
    let word = (hash ^ part) + 0x9e3779b9
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
    return word ^ (word >>> 16)
  }, 0)
}
