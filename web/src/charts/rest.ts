/** What is left beside the values that are shown by name: a cell like no other, whatever a log says. */
import type { Cell } from '../api/table';

export const REST: Cell = Object.freeze({ rest: true });
