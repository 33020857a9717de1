import { createRandom } from '../plan/random.ts'
import { computeGammaShare } from './gamma-quantile.ts'
import { invertNormal } from './normal-quantile.ts'

/** Makes uniform numbers of a request, by its turn, of uniform numbers of its own. */
export type Drift = (turn: number) => (own: number) => number

/**
 * Half of the luck of a request (of the variance of a normal number) is its own. The other half it
 * shares with its neighbours: it wanders to another independent value every `over` turns. Of all
 * requests together the numbers are as uniform as their own ones.
 */
export function createDrift(over: number, seed: number, purpose: string): Drift {
  const drawLuck = (post: number): number =>
    invertNormal(createRandom(seed, `${purpose} drift`, String(post))())

  function findLuck(turn: number): number {
    const post = Math.floor(turn / over)
    const part = turn / over - post
    const between = (1 - part) * drawLuck(post) + part * drawLuck(post + 1)
    // A mean of two varies less than each of them.
    return between / Math.hypot(1 - part, part)
  }

  return (turn) => {
    const luck = findLuck(turn)
    return (own) => computeNormalShare((luck + invertNormal(own)) / Math.SQRT2)
  }
}

/** The share of the standard normal distribution below z: its square is gamma distributed. */
function computeNormalShare(z: number): number {
  return (1 + Math.sign(z) * computeGammaShare(0.5, z ** 2 / 2)) / 2
}
