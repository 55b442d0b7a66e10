/** Shows how far a step is. */
export type Progress = {
  /** Of `total` steps, `done` are done. */
  show(what: string, done: number, total: number): void
  /** Ends the line. */
  end(): void
}

const WIDTH = 30

/** A bar that is drawn over itself on a terminal; on anything else one line for each step that is finished. */
export function progressBar(out: NodeJS.WriteStream): Progress {
  let last = ''
  const draw = (what: string, done: number, total: number) => {
    const share = total === 0 ? 1 : Math.min(1, done / total)
    const filled = Math.round(share * WIDTH)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
    return `${bar} ${String(Math.floor(share * 100)).padStart(3)} % ${what}`
  }
  return {
    show: (what, done, total) => {
      const text = draw(what, done, total)
      if (text === last) return
      last = text
      if (out.isTTY) out.write(`\r\x1b[2K${text}`)
      else if (done >= total) out.write(`${text}\n`)
    },
    end: () => {
      if (out.isTTY && last !== '') out.write('\n')
      last = ''
    },
  }
}
