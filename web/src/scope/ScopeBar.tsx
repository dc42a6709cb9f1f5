/** Everything that restricts what is shown, on one bar; the same on dashboards and in Explore. */
import type { ComponentChildren } from 'preact';
import { Button } from '../components/Button';
import { Menu, Opener } from '../components/Menu';
import { messages } from '../messages';
import { choose } from '../state/location';
import { comparesPrevious, granularity, granularityChoice } from '../state/scope';
import { granularities } from '../time/granularity';
import { FilterLine } from './FilterLine';
import { ListPicker } from './ListPicker';
import { RangePicker } from './RangePicker';
import { RefreshPicker } from './RefreshPicker';
import './scope.css';
import { ZonePicker } from './ZonePicker';

export interface ScopeBarProps {
    /** In place of the plain filter line, where a page has a better one. */
    filter?: ComponentChildren;
    /** Nothing but time can be chosen. */
    isTimeOnly?: boolean;
}

export function ScopeBar({ filter, isTimeOnly }: ScopeBarProps) {
    const text = messages.value.time;
    return (
        <div class="scope-bar">
            <RangePicker />
            <GranularityPicker />
            <Button
                icon="compare"
                label={text.compare}
                isPressed={comparesPrevious.value}
                onClick={() => choose({ compare: comparesPrevious.value ? null : 'previous' })}
            />
            <RefreshPicker />
            <div class="scope-filters">
                {!isTimeOnly && (
                    <>
                        <ListPicker list="accounts" />
                        <ListPicker list="regions" />
                        <ListPicker list="vpcs" />
                    </>
                )}
                <ZonePicker />
            </div>
            {!isTimeOnly && (filter ?? <FilterLine />)}
        </div>
    );
}

function GranularityPicker() {
    const text = messages.value.time;
    const chosen = granularityChoice.value;
    return (
        <Opener label={text.granularity} text={text.by[granularity.value]} hasArrow isPressed={chosen !== undefined}>
            {(anchor, close) => (
                <Menu
                    anchor={anchor}
                    label={text.granularity}
                    onClose={close}
                    entries={[
                        { text: text.by.auto, isChosen: chosen === undefined, onChoose: () => choose({ by: null }) },
                        ...granularities.map((one) => ({
                            text: text.by[one],
                            isChosen: chosen === one,
                            onChoose: () => choose({ by: one }),
                        })),
                    ]}
                />
            )}
        </Opener>
    );
}
