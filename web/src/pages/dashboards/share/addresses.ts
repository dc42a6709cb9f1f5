/** The addresses by which a dashboard is shared. */
import { address, changed } from '../../../state/location';
import { keptQuery } from '../../../state/scope';
import { type RangeChoice, type Span, writeRange } from '../../../time/range';
import { paths } from '../../paths';

export interface View {
    search: URLSearchParams;
    /** The time in view: as it was chosen, or the span that it is now. */
    range: RangeChoice;
    zone: string;
}

/** The dashboard as it is in view. Says what would else depend on who opens it: their zone, another range as default. */
export function viewAddress(origin: string, dashboard: string, { search, range, zone }: View): string {
    const query = changed(keptQuery(search), { ...writeRange(range), tz: zone });
    return origin + address(paths.dashboard(dashboard), query);
}

export function fixed(span: Span): RangeChoice {
    return { kind: 'absolute', ...span };
}

/** An address that others may reach, without what follows its host and folder; undefined where it is none. */
export function baseOf(typed: string): string | undefined {
    try {
        const url = new URL(typed.trim());
        if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
        return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
    } catch {
        return undefined;
    }
}

/** Whether an address means a computer to itself only. */
export function isOnlyHere(base: string): boolean {
    const { hostname } = new URL(base);
    return (
        hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname)
    );
}

function inAttribute(text: string): string {
    return text
        .replaceAll('&', '&amp;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;');
}

/** What shows the dashboard inside of another page; a text to copy, never markup of this one. */
export function embedSnippet(link: string, title: string): string {
    return `<iframe src="${inAttribute(link)}?bare=1" title="${inAttribute(title)}" width="100%" height="800" style="border: 0" loading="lazy"></iframe>`;
}
