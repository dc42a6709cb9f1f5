/** What this browser keeps of the SQL page. Storage may be refused or full: then it holds until the page is left. */

export function readKept<T>(key: string, isRight: (value: unknown) => value is T): T | undefined {
    try {
        const text = localStorage.getItem(`flowtrail.sql.${key}`);
        const value: unknown = text === null ? undefined : JSON.parse(text);
        return isRight(value) ? value : undefined;
    } catch {
        return undefined;
    }
}

export function writeKept(key: string, value: unknown): boolean {
    try {
        localStorage.setItem(`flowtrail.sql.${key}`, JSON.stringify(value));
        return true;
    } catch {
        return false;
    }
}

export const isText = (value: unknown): value is string => typeof value === 'string';

export function isListOf<T>(isOne: (value: unknown) => value is T) {
    return (value: unknown): value is T[] => Array.isArray(value) && value.every(isOne);
}
