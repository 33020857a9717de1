/** A script or style of the pages. */
export interface Asset {
  type: string
  text: string
}

/** By the names that they have below `/assets/`. */
export const assets: Readonly<Record<string, Asset>> = {}
