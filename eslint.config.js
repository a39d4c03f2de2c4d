import tseslint from 'typescript-eslint';

const onlyMainReadsTheEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only main.ts reads the environment; take a config value as an argument.',
};
const noUnsafeSql = {
  selector: 'MemberExpression[property.name=/^\\$(queryRaw|executeRaw)Unsafe$/]',
  message: 'SQL is written with tagged templates, never built from strings.',
};
const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Exports are named for what they are.' };

export default tseslint.config(
  {
    ignores: [
      '**/generated/**',
      '**/node_modules/**',
      '.data/**',
      'packages/error-codes/*.js',
      '*.config.js',
      '.dependency-cruiser.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', 300],
      // three of our own; graphql-js calls resolvers with four
      'max-params': ['error', 4],
      'no-restricted-syntax': ['error', onlyMainReadsTheEnvironment, noUnsafeSql, noDefaultExport],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/return-await': ['error', 'always'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  { files: ['**/*.test.ts'], rules: { 'max-params': 'off' } },
  {
    files: [
      '**/main.ts',
      '**/*.config.ts',
      '**/prisma.config.ts',
      'packages/database/src/*.ts',
      'tests/support/**',
      'tests/faults/kit/**',
    ],
    rules: { 'no-restricted-syntax': ['error', noUnsafeSql] },
  },
);
