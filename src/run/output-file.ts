import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'

/** A file or a folder of ours cannot be written; the message names it, and says why. */
export class OutputError extends Error {
  override readonly name = 'OutputError'
  readonly path: string
  /** What the system says, in words. */
  readonly reason: string

  constructor(path: string, cause: unknown) {
    const reason = explain(cause)
    super(`${path}: cannot be written: ${reason}`, { cause })
    this.path = path
    this.reason = reason
  }
}

/**
 * Makes a folder below `root`, which is made too and may be a link. A link further down is replaced
 * by a folder: whoever prepared the place does not choose where else is written. `below` is relative;
 * '' is `root` itself. Returns the path of the folder.
 * @throws {OutputError}
 */
export function makeFolder(root: string, below: string): string {
  attempt(root, () => mkdirSync(root, { recursive: true }))
  let path = root
  for (const part of normalize(below)
    .split(sep)
    .filter((name) => name !== '.')) {
    path = join(path, part)
    attempt(path, makeOwn)
  }
  return path
}

function makeOwn(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found?.isSymbolicLink() === true) rmSync(path)
  if (found?.isDirectory() !== true) mkdirSync(path)
}

/** Of a file: as a whole, or in pieces that follow each other. */
export type Content = string | Uint8Array | Iterable<string>

/** UTF-16 units of the pieces that are written at once. */
const writtenAtOnce = 1 << 16

/**
 * Puts a file in the place of what has its name, at once: whoever looks finds the old or the new one
 * whole. A link is replaced, and not followed.
 * @throws {OutputError}
 */
export function replaceFile(path: string, content: Content): void {
  const draft = `${path}.${process.pid}.draft`
  attempt(path, () => {
    try {
      rmSync(draft, { force: true })
      write(draft, content)
      renameSync(draft, path)
    } catch (error) {
      rmSync(draft, { force: true })
      throw error
    }
  })
}

function write(path: string, content: Content): void {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    writeFileSync(path, content, { flag: 'wx' })
    return
  }
  const file = openSync(path, 'wx')
  try {
    let waiting = ''
    for (const piece of content) {
      waiting += piece
      if (waiting.length < writtenAtOnce) continue
      writeFileSync(file, waiting)
      waiting = ''
    }
    writeFileSync(file, waiting)
  } finally {
    closeSync(file)
  }
}

/**
 * Removes a file, or a link in its place.
 * @throws {OutputError}
 */
export function removeFile(path: string): void {
  attempt(path, () => rmSync(path, { force: true }))
}

/**
 * Does something to a file or folder of ours.
 * @throws {OutputError} naming it, when the system refuses; what else is thrown is passed on.
 */
export function attempt(path: string, act: (path: string) => void): void {
  try {
    act(path)
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? new OutputError(path, error) : error
  }
}

const fileInTheWay = 'a file stands where a folder is needed'
const folderInTheWay = 'a folder stands where a file is needed'
const denied = 'permission is denied'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left there',
  EDQUOT: 'the quota is used up',
  EFBIG: 'it would be too large',
  EROFS: 'the file system is read-only',
  EACCES: denied,
  EPERM: denied,
  EEXIST: fileInTheWay,
  ENOTDIR: fileInTheWay,
  EISDIR: folderInTheWay,
  ERR_FS_EISDIR: folderInTheWay,
}

/** What a system call came to, in words. */
function explain(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  const words = reasons[code]
  return words === undefined ? message : `${words} (${code})`
}

/** What came of the wish to write some files. */
export interface Written {
  /** Paths. */
  files: string[]
  /** Why some were not, a sentence for each reason. */
  problems: string[]
}

/** One after the other; one that cannot be written does not keep the others from it. */
export function writeFiles(
  folder: string,
  files: Readonly<Record<string, () => Content | undefined>>,
): Written {
  const paths: string[] = []
  const errors: OutputError[] = []
  for (const [name, render] of Object.entries(files)) {
    const content = render()
    if (content === undefined) continue
    try {
      makeFolder(folder, dirname(name))
      const path = join(folder, name)
      replaceFile(path, content)
      paths.push(path)
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      errors.push(error)
    }
  }
  return { files: paths, problems: listProblems(errors) }
}

/** A sentence for each reason: a full disk has many a file missing, and one is enough to tell. */
function listProblems(errors: readonly OutputError[]): string[] {
  return [...Map.groupBy(errors, ({ reason }) => reason)].map(([reason, some]) => {
    const [first = '', ...others] = new Set(some.map(({ path }) => path))
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    return `${first}${more}: cannot be written: ${reason}`
  })
}
