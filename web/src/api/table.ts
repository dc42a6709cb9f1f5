/** The answer of a statement. */
export type ColumnKind = 'text' | 'number' | 'time' | 'date' | 'boolean' | 'other';

export interface Column {
    name: string;
    type: string;
    kind: ColumnKind;
}

export type Cell = string | number | boolean | null | object;

export interface Table {
    columns: Column[];
    rows: Cell[][];
}

/** What a statement has done so far, or did. */
export interface Figures {
    rows: number;
    bytes_scanned: number;
    files_read: number;
    files_total: number;
    elapsed_ms: number;
}
