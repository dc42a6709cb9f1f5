/** Accounts, regions or VPCs: those there are in the time range, with their counts, chosen by ticking. */
import { useState } from 'preact/hooks';
import { useAnswer } from '../api/useAnswer';
import { Button } from '../components/Button';
import { Opener } from '../components/Menu';
import { type Anchor, Popover } from '../components/Popover';
import { ProblemText } from '../components/ProblemText';
import { plainText, shortened, toNumber } from '../format/cell';
import { formatCount, formatFull } from '../format/number';
import { messages } from '../messages';
import { accounts, chooseList, type ListKey, regions, type Scope, scope, vpcs } from '../state/scope';

const chosen = { accounts, regions, vpcs };

/** Flow logs and CloudTrail both know accounts and regions; VPCs are of flow logs only. */
const statements: Record<ListKey, string> = {
    accounts: `select item, sum(n) as n from (
  select account_id as item, count(*) as n from logs.flow group by 1
  union all select account_id, count(*) from logs.trail group by 1
) where item is not null group by 1 order by 2 desc limit 1000`,
    regions: `select item, sum(n) as n from (
  select region as item, count(*) as n from logs.flow group by 1
  union all select region, count(*) from logs.trail group by 1
) where item is not null group by 1 order by 2 desc limit 1000`,
    vpcs: `select vpc_id as item, count(*) as n from logs.flow where vpc_id is not null group by 1 order by 2 desc limit 1000`,
};

export function ListPicker({ list }: { list: ListKey }) {
    const text = messages.value.filter;
    const values = chosen[list].value;
    const said =
        values.length === 0
            ? text[list]
            : `${text[list]}: ${values.length === 1 ? shortened(values[0] ?? '', 24) : formatFull(values.length)}`;
    return (
        <Opener label={text[list]} text={said} kind="quiet" hasArrow isPressed={values.length > 0}>
            {(anchor, close) => <ListBox list={list} anchor={anchor} onClose={close} />}
        </Opener>
    );
}

function ListBox({ list, anchor, onClose }: { list: ListKey; anchor: Anchor; onClose: () => void }) {
    const text = messages.value.filter;
    const [typed, setTyped] = useState('');
    const values = chosen[list].value;
    // All there are in this time, whatever else is filtered: one has to be able to choose another.
    const { from, to, granularity, time_zone }: Scope = scope.value;
    const { answer, problem, isLoading } = useAnswer({
        sql: statements[list],
        scope: { from, to, granularity, time_zone },
    });
    const found = (answer?.rows ?? []).map(([item, count]) => ({
        item: plainText(item ?? null),
        count: toNumber(count),
    }));
    const missing = values.filter((value) => !found.some(({ item }) => item === value));
    const all = [...missing.map((item) => ({ item, count: null })), ...found];
    const shown = all.filter(({ item }) => item.toLowerCase().includes(typed.trim().toLowerCase()));
    const toggle = (item: string) =>
        chooseList(list, values.includes(item) ? values.filter((value) => value !== item) : [...values, item]);
    return (
        <Popover anchor={anchor} label={text[list]} onClose={onClose}>
            <div class="pick-box">
                <input
                    class="input"
                    aria-label={text.find}
                    placeholder={text.find}
                    value={typed}
                    onInput={(event) => setTyped(event.currentTarget.value)}
                />
                <div class="pick-list">
                    {shown.map(({ item, count }) => (
                        <label key={item} class="menu-item">
                            <input type="checkbox" checked={values.includes(item)} onChange={() => toggle(item)} />
                            <span class="menu-text">{shortened(item, 120)}</span>
                            {count !== null && <span class="note">{formatCount(count)}</span>}
                        </label>
                    ))}
                    {problem && <ProblemText problem={problem} />}
                    {isLoading && <p class="menu-heading">{messages.value.shell.loading}</p>}
                    {!isLoading && !problem && shown.length === 0 && <p class="menu-heading">{text.none}</p>}
                </div>
                <Button kind="quiet" isDisabled={values.length === 0} onClick={() => chooseList(list, [])}>
                    {text.all}
                </Button>
            </div>
        </Popover>
    );
}
