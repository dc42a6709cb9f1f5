/** The browser: Debian's, or the one CHROMIUM names. */
export const chromium = {
    path: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    arguments: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        // Whatever a page asks another host for is not found; the fixtures say that it asked.
        '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
};
