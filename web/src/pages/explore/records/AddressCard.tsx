/** What else the logs know of an address: its interface, its flows, the calls made from it. In the time that is shown. */
import { useEffect, useState } from 'preact/hooks';
import { runAll } from '../../../api/statements';
import { useAnswer } from '../../../api/useAnswer';
import { Icon } from '../../../components/Icon';
import { Link } from '../../../components/Link';
import { term } from '../../../filter/line';
import { plainText, shortened, toNumber } from '../../../format/cell';
import { formatFull } from '../../../format/number';
import { messages } from '../../../messages';
import { scope, type Scope } from '../../../state/scope';
import { callsFrom, exploreOf, flowsOf } from './links';

function timeOf({ from, to, granularity, time_zone }: Scope): Scope {
    return { from, to, granularity, time_zone };
}

/** An interface's own address is where its outgoing flows begin and its incoming ones end. */
const INTERFACE = `select interface_id, instance_id, count(*) as records
from logs.flow
where interface_id is not null
group by 1, 2
order by 3 desc
limit 1`;

function ownEnd(value: string): string {
    const [src, dst] = [term('srcaddr', '=', value), term('dstaddr', '=', value)];
    return `(${src} and direction = outbound) or (${dst} and direction = inbound)`;
}

/** One condition reaches both logs: `addr` is either end of a flow, and where a call came from. */
const COUNTS = 'select count(*) from logs.flow;\nselect count(*) from logs.trail';

interface Counts {
    flows: number;
    calls: number;
}

function useCounts(value: string): Counts | undefined {
    const [counts, setCounts] = useState<Counts>();
    const over = scope.value;
    useEffect(() => {
        const controller = new AbortController();
        const request = { sql: COUNTS, scope: { ...timeOf(over), filter: term('addr', '=', value) } };
        runAll(request, { signal: controller.signal }).then(
            (answers) => {
                const count = (at: number) => toNumber(answers[at]?.rows[0]?.[0]) ?? 0;
                setCounts({ flows: count(0), calls: count(1) });
            },
            () => undefined, // Without counts the links are links all the same.
        );
        return () => controller.abort();
    }, [value, over]);
    return counts;
}

export function AddressCard({ value }: { value: string }) {
    const text = messages.value.explore.links;
    const counts = useCounts(value);
    const { answer } = useAnswer({ sql: INTERFACE, scope: { ...timeOf(scope.value), filter: ownEnd(value) } });
    const [name = null, instance = null] = answer?.rows[0] ?? [];
    const shown = shortened(value, 60);
    return (
        <section class="address-card" aria-label={text.address(shown)}>
            <h3 class="mono">{shown}</h3>
            <ul>
                <li>
                    <Link to={flowsOf(value)}>
                        <Icon name="swap" />
                        {counts ? text.flowCount(formatFull(counts.flows)) : text.flows}
                    </Link>
                </li>
                <li>
                    {answer && name === null ? (
                        <span class="note">{text.noInterface}</span>
                    ) : (
                        name !== null && (
                            <Link to={exploreOf('logs.flow', term('interface_id', '=', name))}>
                                <Icon name="explore" />
                                <span class="mono">{shortened(plainText(name), 60)}</span>
                                {instance !== null && (
                                    <span class="note mono">{shortened(plainText(instance), 40)}</span>
                                )}
                            </Link>
                        )
                    )}
                </li>
                <li>
                    {counts?.calls === 0 ? (
                        <span class="note">{text.noCalls}</span>
                    ) : (
                        <Link to={callsFrom(value)}>
                            <Icon name="sql" />
                            {counts ? text.callCount(formatFull(counts.calls)) : text.calls}
                        </Link>
                    )}
                </li>
            </ul>
        </section>
    );
}
