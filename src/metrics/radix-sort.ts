/** Bits of a number that one pass puts in order, of its 64. */
const width = 11
const digits = 1 << width
const shifts = [0, 11, 22, 33, 44, 55]
const sign = 0x8000_0000

/**
 * Sorts numbers in place, none of which is NaN, in half of the time that `sort` of a typed array
 * takes for many: by one digit of their bits after the other, the lowest first.
 */
export function sortByDigits(numbers: Float64Array): void {
  const own = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length)
  flipNegative(own, false)
  let from = own
  let to = findSpare(own.length)
  for (const shift of shifts) {
    if (!moveByDigit(from, to, shift)) continue
    const sorted = to
    to = from
    from = sorted
  }
  if (from !== own) own.set(from)
  flipNegative(own, true)
}

let spare: WeakRef<Uint32Array> | undefined

/** Room of this length that nobody needs: a judgement sorts dozens of large samples, one by one. */
function findSpare(length: number): Uint32Array {
  let room = spare?.deref()
  if (room === undefined || room.length < length) {
    // As long as this job lasts a smaller one would stay beside it, though nothing but this refers to it.
    room = new Uint32Array(2 ** Math.ceil(Math.log2(length)))
    spare = new WeakRef(room)
  }
  return room.subarray(0, length)
}

/**
 * As whole numbers the bits of those above 0 have their order, those below it the opposite one; so
 * all bits of these are flipped, and the sign of the others. `back`: whether it was done.
 */
function flipNegative(halves: Uint32Array, back: boolean): void {
  for (let at = 0; at < halves.length; at += 2) {
    const high = halves[at + 1] as number
    if (high >= sign === back) halves[at + 1] = (high ^ sign) >>> 0
    else {
      halves[at] = ~(halves[at] as number)
      halves[at + 1] = ~high
    }
  }
}

/** Returns false, and moves none, when all have the same digit. */
function moveByDigit(from: Uint32Array, to: Uint32Array, shift: number): boolean {
  const places = new Uint32Array(digits)
  for (let at = 0; at < from.length; at += 2) {
    places[readDigit(from[at] as number, from[at + 1] as number, shift)]! += 2
  }
  let place = 0
  for (let digit = 0; digit < digits; digit++) {
    const size = places[digit] as number
    if (size === from.length) return false
    places[digit] = place
    place += size
  }
  for (let at = 0; at < from.length; at += 2) {
    const low = from[at] as number
    const high = from[at + 1] as number
    const digit = readDigit(low, high, shift)
    const next = places[digit] as number
    places[digit] = next + 2
    to[next] = low
    to[next + 1] = high
  }
  return true
}

function readDigit(low: number, high: number, shift: number): number {
  if (shift >= 32) return (high >>> (shift - 32)) & (digits - 1)
  // A shift by 32 is one by 0.
  return ((low >>> shift) | (shift === 0 ? 0 : high << (32 - shift))) & (digits - 1)
}
