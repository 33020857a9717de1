import { UsageError } from './command.ts'

/** @throws {UsageError} when the value of a flag is no whole number from 1 on. */
export function readCount(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1) return value
  throw new UsageError(`${flag} must be a whole number of at least 1, got '${text}'`)
}
