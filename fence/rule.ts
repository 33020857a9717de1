import type { RuleTester } from 'oxlint/plugins-dev'

/** A rule of a plugin for oxlint. */
export type Rule = Extract<Parameters<RuleTester['run']>[1], { createOnce: unknown }>

type Context = Parameters<Rule['createOnce']>[0]

/** A node of the syntax tree. */
export type Node = Parameters<Context['sourceCode']['isGlobalReference']>[0]
