/** Entries in order of time; those of one time in the order in which they came. */
export interface Timeline<T> {
  add(at: number, item: T): Entry<T>
  first(): Entry<T> | undefined
  /** Takes the first out. */
  shift(): Entry<T> | undefined
}

export interface Entry<T> {
  /** ms. */
  at: number
  order: number
  item: T
}

/** A binary heap. */
export function createTimeline<T>(): Timeline<T> {
  const heap: Entry<T>[] = []
  let order = 0

  function sink(entry: Entry<T>): void {
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, entry)) break
      heap[place] = heap[child]!
      place = child
    }
    heap[place] = entry
  }

  return {
    add(at, item) {
      const entry = { at, order: order++, item }
      let place = heap.length
      while (place > 0) {
        const parent = (place - 1) >> 1
        if (!isBefore(entry, heap[parent]!)) break
        heap[place] = heap[parent]!
        place = parent
      }
      heap[place] = entry
      return entry
    },
    first: () => heap[0],
    shift() {
      const first = heap[0]
      const last = heap.pop()
      if (last !== undefined && heap.length > 0) sink(last)
      return first
    },
  }
}

function isBefore(left: Entry<unknown>, right: Entry<unknown>): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}
