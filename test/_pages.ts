import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('..', import.meta.url))

/** A fenced block: ```` ```language file ````. */
export interface Block {
  language: string
  /** The file that it is the content of; `undefined` for a fragment. */
  file: string | undefined
  text: string
}

/** What stands below one `##`. */
export interface Section {
  page: string
  title: string
  blocks: readonly Block[]
  /** Named blocks of the sections before it on the same page. */
  earlier: readonly Block[]
}

export interface Page {
  name: string
  text: string
  sections: readonly Section[]
}

/** Everything that users read. */
export function readPages(): Page[] {
  const names = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'))
  return [
    'README.md',
    'README.zh-CN.md',
    'CHANGELOG.md',
    ...names.map((name) => `docs/${name}`),
  ].map(readPage)
}

export function readPage(name: string): Page {
  const text = readFileSync(join(repository, name), 'utf8')
  const earlier: Block[] = []
  const sections = splitSections(text).map(({ title, lines }) => {
    const blocks = readBlocks(lines)
    const section = { page: name, title, blocks, earlier: [...earlier] }
    earlier.push(...blocks.filter(({ file }) => file !== undefined))
    return section
  })
  return { name, text, sections }
}

/** Rows of the table that begins with this header row, cells trimmed. */
export function readTable(text: string, header: string): string[][] {
  const lines = text.split('\n')
  const start = lines.indexOf(header)
  if (start === -1) throw new Error(`no table with the header ${header}`)
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end === -1 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

/** What stands between backticks. */
export function readCodes(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '')
}

function splitSections(text: string): { title: string; lines: string[] }[] {
  const sections = [{ title: '', lines: [] as string[] }]
  let fenced = false
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced
    if (!fenced && line.startsWith('## ')) sections.push({ title: line.slice(3), lines: [] })
    sections.at(-1)?.lines.push(line)
  }
  return sections
}

function readBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let open: { language: string; file: string | undefined; text: string } | undefined
  for (const line of lines) {
    if (open === undefined) {
      if (!line.startsWith('```')) continue
      const [language = '', file] = line.slice(3).split(' ')
      open = { language, file, text: '' }
    } else if (line === '```') {
      blocks.push(open)
      open = undefined
    } else {
      open.text += `${line}\n`
    }
  }
  return blocks
}
