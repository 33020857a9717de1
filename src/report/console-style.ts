/** What a stream can show. */
export interface ConsoleStyle {
  color: boolean
  unicode: boolean
  /** Columns. */
  width: number
}

/** By the conventions of NO_COLOR, FORCE_COLOR and the locale. */
export function detectStyle(
  stream: { isTTY?: boolean; columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): ConsoleStyle {
  return {
    color: wantsColor(stream, env),
    unicode:
      env.TERM !== 'linux' && !/^(C|POSIX)$/.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
    width: Math.min(stream.columns ?? 100, 100),
  }
}

function wantsColor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0'
  return stream.isTTY === true && env.TERM !== 'dumb'
}
