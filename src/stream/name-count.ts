/** How many events of one name came. */
export interface NameCount {
  name: string
  count: number
}

/** Names that are told apart; events of further ones are counted without their name. */
const mostNames = 32

/** UTF-16 units of a name; a longer one is none. */
const longestName = 256

/** Counts by name into `counts`, in the order in which names first come; several of a name at once. */
export function createNameCounter(
  counts: NameCount[],
): (name: string | undefined, several?: number) => void {
  let last: NameCount | undefined

  return (name, several = 1) => {
    if (name === undefined) return
    // Nearly always that of the event before it.
    if (last?.name !== name) last = find(name)
    if (last !== undefined) last.count += several
  }

  function find(name: string): NameCount | undefined {
    const known = counts.find((each) => each.name === name)
    if (known !== undefined) return known
    if (counts.length === mostNames || name.length > longestName) return undefined
    const added = { name, count: 0 }
    counts.push(added)
    return added
  }
}
