/** Watches what a process prints. */
export interface OutputGuard {
  /** Resolves, when all is written, to why a part of it is not; `undefined` when nobody missed any. */
  findLoss(): Promise<NodeJS.ErrnoException | undefined>
}

/**
 * Keeps an output that cannot be written, as of a reader that has left, a full disk or a closed
 * terminal, from ending the process: without a listener Node throws where nobody can catch it.
 */
export function guardOutput(stream: NodeJS.WritableStream): OutputGuard {
  let loss: NodeJS.ErrnoException | undefined
  stream.on('error', (error) => {
    loss ??= error
  })
  return {
    async findLoss() {
      await new Promise((resolve) => stream.write('', resolve))
      // Who closes a pipe has read what they wanted.
      return loss?.code === 'EPIPE' ? undefined : loss
    },
  }
}
