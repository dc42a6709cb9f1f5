/** A tile's answer as a file. */
import type { TileDefinition } from '../../../api/dashboards';
import { asProblem } from '../../../api/problem';
import { runToFile } from '../../../api/statements';
import type { Table } from '../../../api/table';
import type { Picture } from '../../../charts/Plot';
import { notify } from '../../../components/notices';
import { fileName, saveFile } from '../../../components/saveFile';
import { csvOf } from '../../../format/csv';
import { localText, messages } from '../../../messages';
import { scope } from '../../../state/scope';
import { requestOf } from './useTile';

export async function downloadRows(tile: TileDefinition, type: 'csv' | 'xlsx'): Promise<void> {
    notify(messages.value.tile.downloading);
    try {
        const blob = await runToFile(requestOf(tile, scope.value, undefined), type);
        saveFile(blob, fileName(localText(tile.title), type));
    } catch (error) {
        notify(asProblem(error).title, 'failed');
    }
}

/** The rows the page has, made a file here. */
export function downloadShown(tile: TileDefinition, table: Table): void {
    // With the mark by which spreadsheets know UTF-8, as the server's files have it.
    saveFile(`\ufeff${csvOf(table)}`, fileName(localText(tile.title), 'csv'), 'text/csv;charset=utf-8');
}

/** By hand: fetching a data address is what a strict policy of contents forbids. */
function blobOf(dataUrl: string): Blob {
    const bytes = atob(dataUrl.slice(dataUrl.indexOf(',') + 1));
    return new Blob([Uint8Array.from(bytes, (letter) => letter.charCodeAt(0))], { type: 'image/png' });
}

export function downloadPicture(tile: TileDefinition, picture: Picture): void {
    saveFile(blobOf(picture.png()), fileName(localText(tile.title), 'png'));
}
