import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds the API: `flowtrail serve` on its usual port, or what FLOWTRAIL_API says.
const api = process.env['FLOWTRAIL_API'] ?? 'http://127.0.0.1:8420';

export default defineConfig({
    build: {
        target: 'es2022',
        // ECharts is one chunk of about this size; it comes after the first paint.
        chunkSizeWarningLimit: 900,
        sourcemap: false,
    },
    server: { proxy: { '/api': api } },
    test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'] },
});
