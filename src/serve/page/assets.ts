import { formScript } from './form-script.ts'
import { pageStyle } from './style.ts'

/** A script or style of the pages. */
export interface Asset {
  type: string
  text: string
}

/** By the names that they have below `/assets/`. */
export const assets: Readonly<Record<string, Asset>> = {
  'page.css': { type: 'text/css; charset=utf-8', text: pageStyle },
  'form.js': { type: 'text/javascript; charset=utf-8', text: formScript },
}
