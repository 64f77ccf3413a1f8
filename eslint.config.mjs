import sort from 'eslint-plugin-simple-import-sort';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

export default defineConfig(
  {
    ignores: [
      'dist/',
      'dist.*/',
      'node_modules/',
      '.engine*/',
      '.venv/',
      '.local/',
      'data/',
      'figures/',
    ],
  },
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: './tests/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { sort },
    rules: {
      'sort/imports': 'error',
      'sort/exports': 'error',
      // require() is how a CommonJS file loads something lazily; the lazy places are few and commented.
      '@typescript-eslint/no-require-imports': 'off',
      'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
);
