/** Largest event in UTF-16 units; a longer one is malformed. */
export const eventLimit: number = 16 * 1024 * 1024

/** How much is kept of text that does not belong to the format. */
export const foreignLimit: number = 16 * 1024

/** What a framer finds, in the order of the text. */
export interface FramerEvents {
  /** `name` and `id`: those of the SSE fields. */
  event(data: string, name: string | undefined, id: string | undefined): void
  /** Text that is no part of the format; nothing is read behind it. */
  foreign(text: string): void
  /** An event beyond `eventLimit`; nothing is read behind it. */
  tooLong(): void
}

/** Cuts the text of one body into events. */
export interface Framer {
  feed(text: string): void
  /** A clean end of the body. `cut`: inside of an event. */
  end(): 'clean' | 'cut'
}
