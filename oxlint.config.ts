import { defineConfig } from 'oxlint'

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc'],
  jsPlugins: ['./fence/plugin.ts'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true },
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/consistent-type-imports': 'error',
    'no-console': 'error',
    'no-shadow': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'unicorn/no-array-sort': 'off',
    'import/no-unassigned-import': 'off',
    'typescript/unbound-method': 'off',
    // Of windows; threads have no origin.
    'unicorn/require-post-message-target-origin': 'off',
    // The compiler sees whether a switch over a union is whole.
    'typescript/consistent-return': 'off',
  },
  ignorePatterns: ['dist', 'fixtures', 'node_modules', '.vitest'],
  overrides: [
    { files: ['src/**'], rules: { 'fence/imports': 'error', 'fence/purity': 'error' } },
    { files: ['src/cli/**', 'test/**', 'bench/**'], rules: { 'no-console': 'off' } },
  ],
})
