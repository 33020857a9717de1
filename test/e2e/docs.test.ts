import { expect, test } from 'vitest'

import { readPages } from '../_pages.ts'
import { listExamples, playSection } from './_play.ts'

// The examples of the other languages of README.md are its own.
const pages = readPages().filter(({ name }) => !name.startsWith('README.'))

test.for(pages.flatMap(listExamples))('every example can be followed: %s', async ([, section]) => {
  expect(await playSection(section)).toEqual([])
})
