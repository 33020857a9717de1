import { expect, test } from 'vitest'

import { readPages } from '../_pages.ts'
import { playSection } from './_play.ts'

const examples = readPages()
  .flatMap(({ sections }) => sections)
  .filter(({ blocks }) => blocks.some(({ language }) => language !== 'text'))

test.for(examples.map((section) => [`${section.page}: ${section.title}`, section] as const))(
  'every example can be followed: %s',
  async ([, section]) => {
    expect(await playSection(section)).toEqual([])
  },
)
