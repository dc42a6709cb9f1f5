import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// Cells and names are written by attackers: text becomes text nodes, never markup.
const noMarkupFromText = [
    {
        selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|srcdoc)$/]',
        message: 'Text is never markup: use textContent or JSX.',
    },
    {
        selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
        message: 'Text is never markup: use children.',
    },
    {
        selector: 'JSXText[value=/[A-Za-z]{2,}/]',
        message: 'Words for people are in src/messages.',
    },
];

export default tseslint.config(
    { ignores: ['dist', 'node_modules'] },
    js.configs.recommended,
    ...tseslint.configs.recommendedTypeChecked,
    {
        languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
        plugins: { 'react-hooks': hooks },
        rules: {
            'react-hooks/rules-of-hooks': 'error',
            'react-hooks/exhaustive-deps': 'error',
            'no-restricted-syntax': ['error', ...noMarkupFromText],
            'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
            'no-console': 'error',
            eqeqeq: 'error',
            '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
            '@typescript-eslint/no-non-null-assertion': 'error',
            '@typescript-eslint/consistent-type-imports': 'error',
            '@typescript-eslint/switch-exhaustiveness-check': 'error',
            '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
        },
    },
    // A fixture that needs no other says so with an empty pattern: Playwright reads it.
    { files: ['e2e/support/fixtures.ts'], rules: { 'no-empty-pattern': 'off' } },
    { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
    {
        files: ['public/*.js'],
        languageOptions: {
            globals: {
                document: 'readonly',
                localStorage: 'readonly',
                location: 'readonly',
                URLSearchParams: 'readonly',
            },
        },
    },
);
