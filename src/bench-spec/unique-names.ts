import type { Report } from './issue.ts'
import { hasControls } from './plain-text.ts'

/** Reports names that do not tell what stands in the list at `key`, each a `word`, from one another. */
export function checkNames(
  list: readonly { name: string }[],
  { key, word }: { key: string; word: string },
  report: Report,
): void {
  for (const [index, { name }] of list.entries()) {
    const path = [key, index, 'name']
    if (hasControls(name)) report(path, 'must be one line without control characters.')
    const first = list.findIndex((other) => other.name === name)
    if (first === index) continue
    const message = `"${name}" is the name of ${word} ${first + 1} already. Give each a name of its own.`
    report(path, message)
  }
}
