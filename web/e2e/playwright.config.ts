import { defineConfig } from '@playwright/test';
import { chromium } from './support/chromium';

// The server is a debug build, and CI has two slow cores: waits are long, and end as soon as what they wait for is there.
export default defineConfig({
    testDir: '.',
    outputDir: '../node_modules/.e2e',
    fullyParallel: true,
    workers: 2,
    // A machine that stands still for seconds is no defect; what fails three times is.
    retries: 2,
    timeout: 90_000,
    expect: { timeout: 30_000 },
    reporter: [['list', { printSteps: false }]],
    forbidOnly: true,
    use: {
        browserName: 'chromium',
        launchOptions: { executablePath: chromium.path, args: chromium.arguments },
        viewport: { width: 1280, height: 900 },
        locale: 'en-US',
        timezoneId: 'UTC',
        reducedMotion: 'reduce',
        actionTimeout: 30_000,
        navigationTimeout: 30_000,
        trace: 'off',
        screenshot: 'only-on-failure',
    },
});
