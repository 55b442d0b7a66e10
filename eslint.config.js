import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Whose output is meant for a person at a terminal; tests say there why they are skipped. */
const COMMANDS = ['scripts/**', 'bench/**', 'deploy/**', 'services/main.ts', 'services/main/**', '**/*.test.ts']

export default defineConfig(
  { ignores: ['gen/**', '**/dist/**', '.tms/**', 'eslint.config.js'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // A handler that answers from memory has the shape of those that wait.
      '@typescript-eslint/require-await': 'off',
      // Takes a variable that a callback changes for a constant.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Under noUncheckedIndexedAccess every index needs a word, also one whose bounds the line before has checked.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Arrow functions that pass on nothing read well.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Meant for emoji; what we spread are codes and numbers.
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: COMMANDS, rules: { 'no-console': 'off' } },
)
