/** What every tile is restricted to, as the address says it: time, zone, accounts, regions, VPCs, filter. */
import { computed, signal } from '@preact/signals';
import { fittingGranularity, granularities, type Granularity } from '../time/granularity';
import { previousSpan, readRange, spanOf, writeRange, type RangeChoice, type Span } from '../time/range';
import { browserZone, isZone } from '../time/zone';
import { choose, query } from './location';

/** As the API takes it. */
export interface Scope {
    from: number;
    to: number;
    granularity: Granularity;
    time_zone: string;
    accounts?: string[];
    regions?: string[];
    vpcs?: string[];
    filter?: string;
}

export type ListKey = 'accounts' | 'regions' | 'vpcs';

/** The range where the address says none: a dashboard's own. */
export const fallbackRange = signal('24h');
/** The moment "now" means; moved by a refresh, so that all tiles of one refresh have the same. */
export const now = signal(Date.now());

export const rangeChoice = computed<RangeChoice>(() => readRange(query.value, fallbackRange.value));
export const span = computed<Span>(() => spanOf(rangeChoice.value, now.value));

export const zone = computed(() => {
    const asked = query.value.get('tz');
    return asked && isZone(asked) ? asked : browserZone();
});

export const granularityChoice = computed<Granularity | undefined>(() =>
    granularities.find((granularity) => granularity === query.value.get('by')),
);
export const granularity = computed<Granularity>(() => granularityChoice.value ?? fittingGranularity(span.value));

function list(key: ListKey): string[] {
    return (query.value.get(key) ?? '').split(',').filter((item) => item !== '');
}

export const accounts = computed(() => list('accounts'));
export const regions = computed(() => list('regions'));
export const vpcs = computed(() => list('vpcs'));
export const filterLine = computed(() => query.value.get('filter') ?? '');
export const comparesPrevious = computed(() => query.value.get('compare') === 'previous');

/** Seconds between refreshes that nobody asked for; 0: none. */
export const fallbackRefresh = signal(0);
export const refreshSeconds = computed(() => {
    const asked = query.value.get('refresh');
    return asked !== null && /^\d{1,5}$/.test(asked) ? Number(asked) : fallbackRefresh.value;
});

function scopeOver(time: Span): Scope {
    const scope: Scope = { ...time, granularity: granularity.value, time_zone: zone.value };
    if (accounts.value.length > 0) scope.accounts = accounts.value;
    if (regions.value.length > 0) scope.regions = regions.value;
    if (vpcs.value.length > 0) scope.vpcs = vpcs.value;
    if (filterLine.value) scope.filter = filterLine.value;
    return scope;
}

export const scope = computed(() => scopeOver(span.value));
export const previousScope = computed(() => scopeOver(previousSpan(span.value)));

export function chooseRange(choice: RangeChoice): void {
    now.value = Date.now();
    choose(writeRange(choice));
}

export function chooseList(key: ListKey, values: string[]): void {
    choose({ [key]: values.join(',') });
}

export function refresh(): void {
    now.value = Date.now();
}

/** The parts of the address that hold from page to page. */
const keptKeys = ['range', 'from', 'to', 'tz', 'by', 'accounts', 'regions', 'vpcs', 'filter', 'compare', 'refresh'];

export function keptQuery(search: URLSearchParams): URLSearchParams {
    const kept = new URLSearchParams();
    for (const key of keptKeys) {
        const value = search.get(key);
        if (value !== null) kept.set(key, value);
    }
    return kept;
}
