/** What is looked at to see whether terms contradict themselves. */
export type TermsOutline = {
  readonly rules: readonly { readonly code: string; readonly firstDate: string; readonly lastDate: string }[]
  /** From the dearest to the cheapest. */
  readonly levels: readonly { readonly code: string; readonly discount: number; readonly protectedPercent: number }[]
  readonly refundHours: readonly number[]
  readonly changeHours: readonly number[]
}

/** What is wrong with terms, and the code of what it is wrong with; undefined when nothing is. */
export function termsFault(terms: TermsOutline): { readonly code: string; readonly fault: string } | undefined {
  const twice = repeated([...terms.rules, ...terms.levels].map(({ code }) => code))
  if (twice !== undefined) return { code: twice, fault: 'this code stands for two things' }
  const backwards = terms.rules.find(({ firstDate, lastDate }) => lastDate !== '' && lastDate < firstDate)
  if (backwards) return { code: backwards.code, fault: 'the rule ends before it begins' }
  const wrong = terms.levels.find((level, i) => {
    const dearer = terms.levels[i - 1]
    return dearer && (level.discount <= dearer.discount || level.protectedPercent < dearer.protectedPercent)
  })
  if (wrong)
    return { code: wrong.code, fault: 'a level is cheaper than the one before it and leaves at least as many seats' }
  const hours = repeated(terms.refundHours.map(String)) ?? repeated(terms.changeHours.map(String))
  return hours === undefined ? undefined : { code: hours, fault: 'two bands begin at the same hour' }
}

function repeated(codes: readonly string[]): string | undefined {
  return codes.find((code, i) => codes.indexOf(code) < i)
}
