import tseslint from 'typescript-eslint';

const noShell = {
  selector: "Property[key.name='shell'][value.value=true]",
  message:
    'No shell: pass the program and its arguments as an array, so that nothing in them can be a command.',
};
const noExec = {
  selector:
    "ImportDeclaration[source.value='node:child_process'] ImportSpecifier[imported.name=/^exec(Sync)?$/]",
  message: 'exec runs a shell string; use execFile or spawn with an argument array.',
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'coverage/**',
      'packages/api/src/gen/**',
      'packages/sdk/src/gen/**',
      '.cloud/**',
      'bin/**',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts', '**/*.mjs', '**/*.js'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', noShell, noExec],
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['**/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['scripts/**', 'packages/*/scripts/**'], rules: { 'no-console': 'off' } },
  { files: ['**/*.test.ts', 'test/**'], rules: { 'max-lines': ['error', { max: 800 }] } },
);
