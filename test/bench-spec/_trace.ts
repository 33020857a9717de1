import { mulberry32 } from '../../src/bench-spec/random.ts'

const blockTokens = 512

/**
 * A trace in the shape of Mooncake's, as text: three system prompts, talks that go on with what they
 * had before, arrivals of a Poisson process of which four in ten come together with the one before.
 */
export function makeMooncakeTrace(requests: number, seed: number): string {
  const draw = mulberry32(seed)
  const random = (): number => draw() / 2 ** 32
  const gap = (mean: number): number => -mean * Math.log(1 - random())
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  let blocks = 0
  const systems = [1, 2, 1].map((count) => Array.from({ length: count }, () => blocks++))
  let talks: number[][] = []
  let timestamp = 0
  const lines = Array.from({ length: requests }, () => {
    const before = talks.length > 0 && random() < 0.5 ? pick(talks) : pick(systems)
    const more = 1 + Math.floor(random() * 2)
    const ids = [...before, ...Array.from({ length: more }, () => blocks++)]
    // The last block of a prompt is not full: what goes on has another one in its place.
    const whole = ids.slice(0, -1)
    if (whole.length > 1 && whole.length < 7) talks = [...talks, whole].slice(-20)
    const line = JSON.stringify({
      timestamp: Math.round(timestamp),
      input_length: whole.length * blockTokens + 1 + Math.floor(random() * (blockTokens - 1)),
      output_length: 1 + Math.floor(gap(20)),
      hash_ids: ids,
    })
    if (random() < 0.6) timestamp += gap(60)
    return line
  })
  return `${lines.join('\n')}\n`
}
