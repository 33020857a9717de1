/** Tells on stderr how far it is, 0–1: on a terminal at every news, elsewhere every 10 %. */
export function createProgress(): (done: number) => void {
  const { stderr } = process
  const start = performance.now()
  let told = 0
  return (done) => {
    const text = `${(100 * done).toFixed(0)} % after ${toSeconds(performance.now() - start)} s`
    if (stderr.isTTY) {
      stderr.write(`\r${text} `)
    } else if (done >= told + 0.1) {
      told = Math.floor(10 * done) / 10
      stderr.write(`${text}\n`)
    }
  }
}

export function toSeconds(ms: number): string {
  return (ms / 1000).toFixed(0)
}
