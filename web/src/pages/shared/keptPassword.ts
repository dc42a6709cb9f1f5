/** The password of a link, for as long as the tab is open and for nobody else. */

function key(token: string): string {
    return `flowtrail.link.${token}`;
}

export function keptPassword(token: string): string | undefined {
    try {
        return sessionStorage.getItem(key(token)) ?? undefined;
    } catch {
        return undefined; // Storage is refused in some frames: it is asked for again after a reload.
    }
}

export function keepPassword(token: string, password: string): void {
    try {
        sessionStorage.setItem(key(token), password);
    } catch {
        // As above.
    }
}

export function forgetPassword(token: string): void {
    try {
        sessionStorage.removeItem(key(token));
    } catch {
        // As above: then there is none.
    }
}
