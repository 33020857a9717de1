import { cleanOutput } from '../bench-spec/plain-text.ts'

/** The stream, through which nothing gets that a CI system or a terminal would act upon. */
export function cleanStream(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (text: string): boolean => stream.write(cleanOutput(text))
  return Object.create(stream, { write: { value: write } }) as NodeJS.WriteStream
}
