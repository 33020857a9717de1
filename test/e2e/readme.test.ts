import { expect, test } from 'vitest'

import { readPages } from '../_pages.ts'
import { listExamples, playSection } from './_play.ts'

const pages = readPages().filter(({ name }) => name === 'README.md')

test.for(pages.flatMap(listExamples))('every example can be followed: %s', async ([, section]) => {
  expect(await playSection(section)).toEqual([])
})
