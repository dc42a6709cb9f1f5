/** A result out of the console: files that the server makes of all rows, text of those that are here. */
import { asProblem } from '../../../api/problem';
import { type FileType, fileTypes, runToFile } from '../../../api/statements';
import type { Column } from '../../../api/table';
import type { MenuEntry } from '../../../components/Menu';
import { notify } from '../../../components/notices';
import { fileName, saveFile } from '../../../components/saveFile';
import { plainText } from '../../../format/cell';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { copiedText, MOST_COPIED } from '../grid/copying';
import type { StatementResult } from '../run/result';
import { session } from '../run/session';
import { oneLine } from '../text/statements';

/** Names of formats, the same in every language. */
const names: Record<FileType, string> = {
    csv: 'CSV',
    xlsx: 'Excel (.xlsx)',
    parquet: 'Parquet',
    arrow: 'Arrow IPC',
    json: 'JSON',
};

export function downloads(result: StatementResult): MenuEntry[] {
    const text = messages.value.sqlPage;
    const types = (Object.keys(fileTypes) as FileType[]).sort((a, b) => order.indexOf(a) - order.indexOf(b));
    return [
        { heading: text.downloadHelp },
        ...types.map((type): MenuEntry => ({
            text: names[type],
            icon: 'download',
            onChoose: () => void download(result, type),
        })),
    ];
}

const order: FileType[] = ['csv', 'xlsx', 'parquet', 'arrow', 'json'];

async function download(result: StatementResult, type: FileType): Promise<void> {
    notify(messages.value.tile.downloading);
    try {
        const request = { sql: result.sql, accent: result.accent, ...session.peek() };
        saveFile(await runToFile(request, type), fileName(titleOf(result.sql), type));
    } catch (error) {
        notify(asProblem(error).title, 'failed');
    }
}

/** What a statement reads says most of what is in its file. */
function titleOf(sql: string): string {
    const relation = /\bfrom\s+([\w."]+)/i.exec(sql)?.[1]?.replaceAll('"', '');
    return relation ?? oneLine(sql, 40);
}

export function copyAll(result: StatementResult, columns: Column[], how: 'sheet' | 'markdown' | 'statement'): void {
    const text = messages.peek().sqlPage;
    const count = result.rows.length;
    if (how !== 'statement' && count * columns.length > MOST_COPIED) {
        notify(text.tooManyToCopy(formatFull(MOST_COPIED)), 'failed');
        return;
    }
    const whole = { firstRow: 0, lastRow: count - 1, firstColumn: 0, lastColumn: columns.length - 1 };
    const words =
        how === 'statement'
            ? result.sql
            : how === 'sheet'
              ? copiedText(whole, columns, (row) => result.rows.row(row), true)
              : markdown(result, columns);
    void navigator.clipboard.writeText(words).then(
        () => notify(how === 'statement' ? messages.peek().action.copied : text.copied(formatFull(count))),
        () => notify(text.notCopied, 'failed'),
    );
}

function markdown(result: StatementResult, columns: Column[]): string {
    // A table's marks in a cell would be cells of their own.
    const cell = (text: string) => text.replace(/([\\|])/g, '\\$1').replace(/\s*\n\s*/g, ' ');
    const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
    const rows = result.rows.head(result.rows.length);
    return [
        line(columns.map((column) => cell(column.name))),
        line(columns.map((column) => (column.kind === 'number' ? '---:' : '---'))),
        ...rows.map((row) => line(columns.map((_, at) => cell(plainText(row[at] ?? null))))),
    ].join('\n');
}
