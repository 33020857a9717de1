import type { Locale } from '../report/seed-words.ts'

/** The language of a page: what `?lang=` says, else what the browser asks for first, else Chinese. */
export function chooseLocale(query: URLSearchParams, accepted: string | undefined): Locale {
  const asked = query.get('lang')
  if (asked === 'zh' || asked === 'en') return asked
  const ranked = (accepted ?? '')
    .split(',')
    .map((part) => {
      const [language = '', ...rest] = part.trim().toLowerCase().split(';')
      const q = rest.map((each) => /^\s*q=([\d.]+)$/.exec(each)?.[1]).find(Boolean)
      return { language: language.split('-')[0], weight: q === undefined ? 1 : Number(q) }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
  const found = ranked.find(({ language }) => language === 'zh' || language === 'en')
  return found?.language === 'en' ? 'en' : 'zh'
}
