export default {
  printWidth: 120,
  singleQuote: true,
  // the walk in the README is shown as it was asked
  overrides: [{ files: 'README.md', options: { embeddedLanguageFormatting: 'off' } }],
};
