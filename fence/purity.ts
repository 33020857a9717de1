import { findPureRoom, placeInSource } from './room.ts'
import type { Node, Rule } from './rule.ts'
import { impure } from './table.ts'

/** Refuses the globals through which a pure room would read a clock or do something. */
export const purity: Rule = {
  createOnce(context) {
    return {
      Program() {
        const room = findPureRoom(placeInSource(context.filename))
        const scope = context.sourceCode.scopeManager.globalScope
        if (room === undefined || scope === null) return
        const known = scope.variables.filter(({ defs }) => defs.length === 0)
        const references = [...scope.through, ...known.flatMap((global) => global.references)]
        for (const { identifier: node } of references) {
          if (!impure.has(node.name) || isType(node) || isGivenDate(node)) continue
          context.report({ node, message: `src/${room} is pure and may not use ${node.name}` })
        }
      },
    }
  },
}

type Name = Extract<Node, { name: string }>

function isType({ parent }: Name): boolean {
  return parent?.type === 'TSTypeReference'
}

/** `new Date(value)`, `Date.parse(text)` and `Date.UTC(…)` read no clock. */
function isGivenDate(node: Name): boolean {
  const { name, parent } = node
  if (name !== 'Date') return false
  if (parent?.type === 'NewExpression') return parent.callee === node && parent.arguments.length > 0
  if (parent?.type !== 'MemberExpression' || parent.object !== node || parent.computed) return false
  return parent.property.name === 'parse' || parent.property.name === 'UTC'
}
