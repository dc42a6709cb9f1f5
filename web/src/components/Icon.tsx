/** Small pictures, drawn on a grid of 16. */
const paths = {
    dashboards: 'M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8.5h4.5v5H9zM2.5 11h4.5v2.5H2.5z',
    explore: 'M2 13.5h12M3.5 11V8.5M6.5 11V4.5M9.5 11V7M12.5 11V2.5',
    sql: 'M3 4.5l3.5 3.5L3 11.5M8.5 12h5',
    search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7L14 14',
    sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
    moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
    system: 'M2 3h12v8H2zM6 14h4M8 11v3',
    language: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM1.5 8h13M8 1.5c4 4 4 9 0 13M8 1.5c-4 4-4 9 0 13',
    more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
    down: 'M4 6l4 4 4-4',
    left: 'M10 3.5L5.5 8l4.5 4.5',
    right: 'M6 3.5L10.5 8 6 12.5',
    close: 'M4 4l8 8M12 4l-8 8',
    check: 'M3 8.5l3.2 3L13 4.5',
    refresh: 'M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 2v3h-3',
    clock: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.5',
    filter: 'M2 3.5h12L9.5 8.5v4.5l-3-1.5v-3z',
    plus: 'M8 3v10M3 8h10',
    edit: 'M10.5 3l2.5 2.5L5.5 13H3v-2.5z',
    zoomOut: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7L14 14M4.8 7h4.4',
    compare: 'M2 11l3.5-4 3 2.5L14 4M2 14h1.5M5.5 14H7M9 14h1.5M12.5 14H14',
    warning: 'M8 2L14.5 13.5h-13zM8 6.5v3.5M8 11.8v.01',
    info: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 7.5v3.5M8 5v.01',
    grip: 'M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01',
    corner: 'M12.5 7v5.5H7',
    table: 'M2 3h12v10H2zM2 6.5h12M6.5 3v10',
    download: 'M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.5h10',
    upload: 'M8 10.5V3M4.8 6L8 2.8 11.2 6M3 13.5h10',
    link: 'M6.5 9.5l3-3M7 4.5l1.3-1.3a3 3 0 0 1 4.3 4.3L11.3 9M9 11.5l-1.3 1.3a3 3 0 0 1-4.3-4.3L4.7 7',
    share: 'M12 5.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM4 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM12 14.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5.8 7.1l4.4-2.6M5.8 8.9l4.4 2.6',
    lock: 'M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
    copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
    delete: 'M3 4.5h10M6 4.5v-2h4v2M4.5 4.5l.6 9h5.8l.6-9',
    settings:
        'M2 4.5h6.5M12 4.5h2M2 11.5h2M7.5 11.5H14M10.2 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM5.7 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z',
    enlarge: 'M9.5 2.5h4v4M13.5 2.5L9 7M6.5 13.5h-4v-4M2.5 13.5L7 9',
    stop: 'M4 4h8v8H4z',
    wall: 'M1.5 3h13v8.5h-13zM5 14h6',
    bar: 'M2.5 2v12M2.5 4h9M2.5 8h6M2.5 12h11',
    column: 'M2 13.5h12M4 13.5V7M8 13.5V3M12 13.5V9',
    stacked_bar: 'M2.5 2v12M2.5 4.5h11M2.5 8h7M2.5 11.5h9M8 3v3M6 6.5v3M9 10v3',
    stacked_column: 'M2 13.5h12M3 13.5V5h3v8.5M3 9h3M7 13.5v-11h3v11M7 7h3M11 13.5V7h3v6.5M11 10.5h3',
    line: 'M2 12l3.5-5 3 3L14 3',
    area: 'M2 13.5V10l3.5-4 3 2.5L14 3.5v10z',
    pie: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 1.5V8l5 4',
    heat_map: 'M2 2h12v12H2zM2 6h12M2 10h12M6 2v12M10 2v12',
    sankey: 'M2 3c6 0 6 4 12 4M2 6c6 0 6 6 12 6M2 12c5 0 6-7 12-9',
    graph: 'M4 5.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM12 8a1.8 1.8 0 1 0 0-3.6A1.8 1.8 0 0 0 12 8zM5.5 14a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM5.7 4.2l4.6 1.5M4.3 5.5l.8 5M6.9 11.1l3.8-3.6',
    pin: 'M6 2.5h4M7 2.5v4L4.5 9.5h7L9 6.5v-4M8 9.5v4.5',
    swap: 'M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13',
    mirrored: 'M2 8h12M4 6V4M7 6V2.5M10 6V3.5M13 6V5M4 10v2.5M7 10v3.5M10 10v2M13 10v1',
    without: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM3.8 3.8l8.4 8.4',
    up: 'M4 10l4-4 4 4',
    number: 'M3 6h10.5M2.5 10H13M6.5 2.5l-1.5 11M11 2.5l-1.5 11',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
    const isDots = name === 'more' || name === 'grip';
    return (
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" style={isDots ? { strokeWidth: 2 } : {}}>
            <path d={paths[name]} />
        </svg>
    );
}
