import type { JsonSchema } from '../src/bench-spec/json-schema.ts'

const maxWidth = 100

/**
 * Renders a TypeScript interface for the documents that an object schema describes, or a union of
 * such for an `anyOf`, formatted as oxfmt leaves it: nested objects inline, descriptions and
 * defaults as JSDoc.
 */
export function renderInterface(name: string, schema: JsonSchema): string {
  const comment = renderComment(schema, '')
  if (schema.anyOf) {
    const members = schema.anyOf.map(
      (member) => `\n${renderComment(member, '  ')}  | ${renderObject(member, '    ')}`,
    )
    return `${comment}export type ${name} =${members.join('')}\n`
  }
  return `${comment}export interface ${name} ${renderObject(schema, '')}\n`
}

function renderObject(schema: JsonSchema, indent: string): string {
  const inner = `${indent}  `
  const properties = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const optional = schema.required?.includes(key) ? '' : '?'
    const name = /^[\w$]+$/.test(key) ? key : `'${key}'`
    return (
      renderComment(property, inner) + renderMember(`${inner}${name}${optional}:`, property, inner)
    )
  })
  const patterns = Object.entries(schema.patternProperties ?? {}).map(([pattern, property]) => {
    const prefix = pattern.replace(/^\^/, '')
    const index = `${inner}[key: \`${prefix}\${string}\`]:`
    return renderComment(property, inner) + renderMember(index, property, inner)
  })
  const { additionalProperties: rest } = schema
  const others = rest === undefined || rest === false ? [] : [rest === true ? {} : rest]
  const index = others.map((other) => renderMember(`${inner}[key: string]:`, other, inner))
  return ['{', ...properties, ...patterns, ...index, `${indent}}`].join('\n')
}

function renderMember(before: string, schema: JsonSchema, indent: string): string {
  const type = renderType(schema, indent, before.length + 1)
  return type.startsWith('\n') ? before + type : `${before} ${type}`
}

/** `column` is where the type begins when it stays on the line; a broken union begins with a line break. */
function renderType(schema: JsonSchema, indent: string, column: number): string {
  const branches = listBranches(schema)
  const [only] = branches
  if (branches.length === 1 && only) return renderBranch(only, indent, column)
  const flat = branches.map((branch) => renderBranch(branch, indent, column))
  const line = flat.join(' | ')
  if (!line.includes('\n') && column + line.length <= maxWidth) return line
  const [object, nothing] = [branches.find(isInlineObject), branches.find(isNull)]
  if (branches.length === 2 && object && nothing) return line
  return branches
    .map((branch) => `\n${indent}  | ${renderBranch(branch, `${indent}    `, indent.length + 4)}`)
    .join('')
}

function renderBranch(schema: JsonSchema, indent: string, column: number): string {
  if (schema.const !== undefined) return renderLiteral(schema.const)
  switch (schema.type) {
    case 'object':
      return isInlineObject(schema) ? renderObject(schema, indent) : renderRecord(schema, indent)
    case 'array':
      return renderArray(schema.items ?? {}, indent, column)
    case 'integer':
      return 'number'
    case undefined:
      return 'unknown'
    default:
      return String(schema.type)
  }
}

function renderRecord({ additionalProperties: value }: JsonSchema, indent: string): string {
  const type =
    typeof value === 'object' ? renderType(value, `${indent}  `, indent.length) : 'unknown'
  if (!type.includes('\n')) return `Record<string, ${type}>`
  return renderObject({ additionalProperties: value ?? true }, indent)
}

function renderArray(items: JsonSchema, indent: string, column: number): string {
  const type = renderType(items, indent, column)
  if (type.startsWith('\n')) return `(${type}\n${indent})[]`
  return listBranches(items).length > 1 ? `(${type})[]` : `${type}[]`
}

/** One schema for each member of the union that a schema stands for. */
function listBranches(schema: JsonSchema): JsonSchema[] {
  if (schema.anyOf) return schema.anyOf.flatMap(listBranches)
  if (schema.enum) return schema.enum.map((value) => ({ const: value }))
  if (Array.isArray(schema.type)) return schema.type.map((type) => ({ ...schema, type }))
  return [schema]
}

function isInlineObject(schema: JsonSchema): boolean {
  return schema.type === 'object' && schema.properties !== undefined
}

function isNull(schema: JsonSchema): boolean {
  return schema.type === 'null' || schema.const === null
}

function renderLiteral(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value)
}

function renderComment({ description, default: preset }: JsonSchema, indent: string): string {
  if (description === undefined) return ''
  const text = description.replaceAll('*/', '*\\/')
  const note = preset === undefined ? [] : [`@default ${JSON.stringify(preset)}`]
  const line = `${indent}/** ${text} */\n`
  if (note.length === 0 && line.length <= maxWidth + 1) return line
  const lines = [...wrap(text, maxWidth - indent.length - 3), ...note]
  return `${indent}/**\n${lines.map((part) => `${indent} * ${part}\n`).join('')}${indent} */\n`
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
