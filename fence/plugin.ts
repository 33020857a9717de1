import { imports } from './imports.ts'
import { purity } from './purity.ts'

export default { meta: { name: 'fence' }, rules: { imports, purity } }
