import { cleanLine } from '../bench-spec/plain-text.ts'

/**
 * The names on one line each, with a number where one comes again: readers take twins for one. One
 * that shows nothing is called `unnamed`: readers refuse an empty name.
 */
export function uniqueNames(names: readonly string[]): string[] {
  const seen = new Set<string>()
  return names.map((given) => {
    const name = cleanLine(given) || 'unnamed'
    let unique = name
    for (let copy = 2; seen.has(unique); copy += 1) unique = `${name} (${copy})`
    seen.add(unique)
    return unique
  })
}
