import module from 'node:module'

/**
 * Has this process, and the processes that it starts, keep what V8 compiles of modules that are loaded
 * from now on: a seventh of what starting takes. In the temporary folder, where npm keeps its own.
 */
export function keepCompiledCode(): void {
  const { directory } = module.enableCompileCache()
  if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory
}
