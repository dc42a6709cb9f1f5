/** Explore: a table, its measures by its fields, its values to filter by, its records. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { catalog, loadCatalog, type Relation } from '../../api/catalog';
import { returns } from '../../api/connection';
import { asProblem, type Problem } from '../../api/problem';
import { type Command, useCommands } from '../../commands/registry';
import { Button } from '../../components/Button';
import { ProblemText } from '../../components/ProblemText';
import { shortened } from '../../format/cell';
import { messages } from '../../messages';
import { ScopeBar } from '../../scope/ScopeBar';
import { fallbackRange, fallbackRefresh } from '../../state/scope';
import { useSeen } from '../dashboards/tile/useTile';
import { ChartCard } from './chart/ChartCard';
import './explore.css';
import { Facets } from './facets/Facets';
import { FILTER_INPUT_ID, FilterBox } from './FilterBox';
import { MeasureStrip } from './MeasureStrip';
import { openId } from './records/opened';
import { RecordPanel } from './records/RecordPanel';
import { Records } from './records/Records';
import { useOpenRecord } from './records/useOpenRecord';
import { useRecords } from './records/useRecords';
import { changeTable, relation, table, view } from './state/explored';
import { orderedRelations, wholeName } from './state/relations';
import type { View } from './state/view';
import { TablePicker } from './TablePicker';

export default function ExplorePage() {
    const text = messages.value;
    const problem = useCatalog();
    const shown = view.value;
    const of = relation.value;
    useEffect(() => {
        // What another page opens with does not hold here.
        fallbackRange.value = '24h';
        fallbackRefresh.value = 0;
    }, []);
    useCommands(exploreCommands);
    useSlashKey();
    return (
        <div class="explore">
            <h1 class="only-read-aloud">{text.shell.explore}</h1>
            <div class="explore-bars">
                <div class="explore-scope">
                    <TablePicker />
                    <ScopeBar filter={<FilterBox relation={of} />} />
                </div>
            </div>
            {problem && !catalog.value && (
                <div class="page-note">
                    <ProblemText problem={problem} />
                </div>
            )}
            {catalog.value && !of && <p class="page-note">{text.explore.noTable(shortened(table.value, 120))}</p>}
            {of && shown && <Explored key={wholeName(of)} relation={of} view={shown} />}
        </div>
    );
}

function Explored({ relation: of, view: shown }: { relation: Relation; view: View }) {
    const text = messages.value.explore;
    const [hasFacets, setFacets] = useState(() => !window.matchMedia('(max-width: 900px)').matches);
    const element = useRef<HTMLDivElement>(null);
    const id = openId.value;
    const isSeen = useSeen(element);
    const records = useRecords(of, isSeen || id !== undefined);
    const record = useOpenRecord(of, records, id);
    const classes = ['explore-page'];
    if (hasFacets) classes.push('has-facets');
    if (id !== undefined) classes.push('has-record');
    return (
        <div class={classes.join(' ')}>
            <div class="explore-side">
                <Button
                    icon={hasFacets ? 'left' : 'filter'}
                    kind="quiet"
                    isPressed={hasFacets}
                    onClick={() => setFacets(!hasFacets)}
                >
                    {hasFacets ? text.hideFacets : text.showFacets}
                </Button>
                {hasFacets && <Facets relation={of} />}
            </div>
            <div class="explore-main">
                <MeasureStrip view={shown} relation={of} />
                <ChartCard view={shown} relation={of} />
                <div ref={element}>
                    <Records view={shown} relation={of} records={records} openId={id} />
                </div>
            </div>
            {id !== undefined && <RecordPanel relation={of} record={record} />}
        </div>
    );
}

/** Without the catalog there are no fields to choose from: it is asked for again where it did not come. */
function useCatalog(): Problem | undefined {
    const [problem, setProblem] = useState<Problem>();
    const cameBack = returns.value;
    useEffect(() => {
        if (catalog.peek()) return;
        loadCatalog().then(
            () => setProblem(undefined),
            (error: unknown) => setProblem(asProblem(error)),
        );
    }, [cameBack]);
    return problem;
}

/** `/` begins a filter, as it begins a search elsewhere. */
function useSlashKey(): void {
    useEffect(() => {
        const key = (event: KeyboardEvent) => {
            const isTyping =
                event.target instanceof HTMLElement &&
                (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName));
            if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
            event.preventDefault();
            document.getElementById(FILTER_INPUT_ID)?.focus();
        };
        window.addEventListener('keydown', key);
        return () => window.removeEventListener('keydown', key);
    }, []);
}

function exploreCommands(): Command[] {
    const text = messages.value;
    return orderedRelations(catalog.value).map((one): Command => {
        const name = wholeName(one);
        return {
            id: `explore-${name}`,
            text: `${text.shell.explore}: ${name}`,
            icon: 'table',
            run: () => changeTable(name),
        };
    });
}
