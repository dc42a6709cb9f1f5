/** axe's rules of WCAG A and AA. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** In all of the page, or in the part of it that is said: what is below an open box was looked at before. */
export async function expectNoFindings(page: Page, part?: string): Promise<void> {
    const axe = new AxeBuilder({ page }).withTags(RULES);
    const { violations } = await (part === undefined ? axe : axe.include(part)).analyze();
    const found = violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    );
    expect(found).toEqual([]);
}
