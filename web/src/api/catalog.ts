/** What there is to ask: relations with their columns, functions, stages. */
import { signal } from '@preact/signals';
import { getJson } from './request';
import type { Column } from './table';

export interface Relation {
    name: string;
    database: string;
    schema: string;
    kind: 'table' | 'view' | 'external table';
    columns: Column[];
}

export interface Catalog {
    relations: Relation[];
    functions: string[];
    keywords: string[];
    stages: string[];
    databases: string[];
    warehouses: string[];
}

export interface Status {
    version: string;
    lake: string;
    read_only: boolean;
}

/** Absent until it came; pages do without at first. */
export const catalog = signal<Catalog | undefined>(undefined);
export const status = signal<Status | undefined>(undefined);

export async function loadCatalog(): Promise<void> {
    catalog.value = await getJson<Catalog>('/catalog');
}

export async function loadStatus(): Promise<void> {
    status.value = await getJson<Status>('/status');
}
