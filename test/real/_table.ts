import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../.vitest/real/', import.meta.url))

/** Prints a Markdown table and keeps it as `.vitest/real/<name>.md`. The head is made of the keys. */
export function printTable(name: string, rows: readonly Readonly<Record<string, string>>[]): void {
  const [first] = rows
  if (first === undefined) return
  const lines = [
    Object.keys(first),
    Object.keys(first).map(() => '---'),
    ...rows.map(Object.values),
  ]
  const day = new Date().toISOString().slice(0, 10)
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const text = `${name}, tried on ${day}, Node ${process.version}\n\n${table}\n`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}${name}.md`, text)
  console.log(text)
}
