import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
  engines: { node: string }
}

/** Version of this package. */
export const version: string = manifest.version

/** Why a version of Node, `v22.19.0`, cannot run this package; `undefined`: it can. */
export function refuseNode(found: string): string | undefined {
  const [major = 0, minor = 0] = readNumbers(found)
  const [leastMajor = 0, leastMinor = 0] = readNumbers(manifest.engines.node)
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined
  return `slogate needs Node ${leastMajor}.${leastMinor} or later; this is ${found}. Install a newer one, or put it first in PATH.`
}

/**
 * For who imports this package.
 * @throws Error of one sentence in a Node that is too old.
 */
export function requireNode(): void {
  const refusal = refuseNode(process.version)
  if (refusal !== undefined) throw new Error(refusal)
}

function readNumbers(text: string): number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}
