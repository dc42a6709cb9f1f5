/** Gives the browser a file to keep. */
export function saveFile(content: Blob | string, name: string, type = 'text/plain'): void {
    const blob = typeof content === 'string' ? new Blob([content], { type }) : content;
    const url = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A title as the name of a file: no slash, no dot at the start, not endless. */
export function fileName(title: string, extension: string): string {
    const plain = title
        // eslint-disable-next-line no-control-regex -- exactly those have no place in names of files
        .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, ' ')
        .replace(/\s+/g, ' ')
        .replace(/^[.\s]+/, '')
        .slice(0, 80)
        .trim();
    return `${plain || 'flowtrail'}.${extension}`;
}
