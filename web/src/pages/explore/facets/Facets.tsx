/** Fields with their values and counts, to filter by a click. Each asks when it comes in sight. */
import type { Relation } from '../../../api/catalog';
import { messages } from '../../../messages';
import { query } from '../../../state/location';
import { choose } from '../../../state/location';
import { FieldPicker } from '../FieldPicker';
import { beginningOf } from '../state/beginnings';
import { groupFields } from '../state/relations';
import { Facet } from './Facet';
import './facets.css';

/** Facets that were added stand in the address; the usual ones need no word. */
function addedFacets(relation: Relation): string[] {
    const names = new Set(groupFields(relation).map((column) => column.name));
    return (query.value.get('facets') ?? '').split(',').filter((name) => names.has(name));
}

export function Facets({ relation }: { relation: Relation }) {
    const text = messages.value.explore;
    const usual = beginningOf(relation).facets;
    const added = addedFacets(relation).filter((name) => !usual.includes(name));
    const fields = [...added, ...usual];
    const put = (names: string[]) => choose({ facets: names.join(',') });
    return (
        <div class="facets" role="group" aria-label={text.facets}>
            {fields.map((field) => (
                <Facet
                    key={field}
                    relation={relation}
                    field={field}
                    onRemove={added.includes(field) ? () => put(added.filter((one) => one !== field)) : undefined}
                />
            ))}
            <FieldPicker
                label={text.facetAdd}
                text={text.facetAdd}
                icon="plus"
                choices={groupFields(relation).filter((column) => !fields.includes(column.name))}
                chosen={[]}
                onChoose={(name) => put([...added, name])}
            />
        </div>
    );
}
