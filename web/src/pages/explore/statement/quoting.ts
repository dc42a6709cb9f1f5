/** Names and texts as they stand in a statement. Whatever is in them, they stay one name and one text. */

/** Words that mean something else where a name could stand. Too many do no harm: the name is quoted. */
const RESERVED = new Set(
    (
        'all and any array as asc at between both by case cast check collate column constraint create cross cube current ' +
        'date default delete desc describe distinct drop else end escape except exists extract false fetch filter first for ' +
        'from full group grouping having if in inner insert intersect interval into is join last lateral leading left like ' +
        'limit natural no not null nulls offset on only or order outer over partition position primary range references ' +
        'right rollup row rows select set show some start table then time timestamp to top trailing true type unbounded ' +
        'union unique update user using value values view when where window with zone'
    ).split(' '),
);
const PLAIN = /^[a-z_][a-z0-9_]*$/;

/** A column or relation by its name, in quotes where it needs them. */
export function identifier(name: string): string {
    if (PLAIN.test(name) && !RESERVED.has(name)) return name;
    return `"${name.replaceAll('"', '""')}"`;
}

/** A name with its schema: each part for itself. */
export function qualified(name: string): string {
    return name.split('.').map(identifier).join('.');
}

/** A text, as standard SQL has it; a backslash is only a backslash. */
export function literal(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}
