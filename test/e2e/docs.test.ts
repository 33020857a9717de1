import { expect, test } from 'vitest'

import { readPages } from '../_pages.ts'
import { listExamples, playSection } from './_play.ts'

// The examples of a page are the same in every language.
const pages = readPages().filter(({ name }) => name !== 'README.md' && !name.includes('.zh-CN.'))

test.for(pages.flatMap(listExamples))('every example can be followed: %s', async ([, section]) => {
  expect(await playSection(section)).toEqual([])
})
