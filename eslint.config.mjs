// The house's rules, where a linter can hold them; the rest is in test/architecture.test.ts.
import js from '@eslint/js';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { oneLineTernaries } from './scripts/eslint/one-line-ternaries.mjs';

const EDITORS = ['nodes/*/editor.ts', 'nodes/*/editor/**/*.ts'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.tools/**', '.demo/**', 'test/fixtures/**'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly', URL: 'readonly' } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-this-alias': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'no `export *`: spell the names out' },
      ],
      // bytes of the line are what this code is about
      'no-control-regex': 'off',
      // a ReadError's detail is its own sentence; the cause adds nothing where input was parsed
      'preserve-caught-error': 'off',
      eqeqeq: 'error',
      'prefer-const': 'error',
    },
  },
  {
    plugins: { house: { rules: { 'one-line-ternaries': oneLineTernaries } } },
    rules: { 'house/one-line-ternaries': 'error' },
  },
  // whatever a stranger sends costs time linear in its size
  {
    files: ['src/**', 'nodes/**', 'scripts/**', 'bench/**'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: true }],
    },
  },
  // the formatter's width, for what it leaves alone too: comments; it breaks no text
  {
    rules: {
      'max-len': [
        'error',
        { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true },
      ],
    },
  },
  { files: ['src/core/{modbus,fleet,transport,dlms,readers}/**', 'nodes/**', 'test/**'], rules: { 'max-len': 'warn' } },
  // what only types tell: a promise that nobody waits for, and a case that nobody thought of
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: EDITORS,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: EDITORS,
    languageOptions: { parserOptions: { project: 'tsconfig.editor.json', tsconfigRootDir: import.meta.dirname } },
  },
  {
    files: ['src/**', 'nodes/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'no `export *`: spell the names out' },
        {
          selector: 'ClassDeclaration[superClass]:not([superClass.name="Error"])',
          message: 'no inheritance but of Error',
        },
      ],
      'max-lines': ['error', { max: 300, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: [
      'src/core/**/profiles/**',
      'src/core/**/*-table.ts',
      'src/simulator/modem/config-names.ts',
      // tables of words and of classes
      'src/words/*/*.ts',
      'src/core/dlms/model/cosem-classes.ts',
    ],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: {
        require: 'readonly',
        module: 'writable',
        process: 'readonly',
        console: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-empty-function': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
);
