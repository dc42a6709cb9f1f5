/** Who reads the tiles: that decides who answers them, and what can be done with an answer. */
import { createContext } from 'preact';
import { run } from '../../../api/statements';
import type { Ask } from '../../../api/useAnswer';

export interface TileReader {
    /** Whether a link is all they have: no filters, no statements, no way to other pages. */
    isShared: boolean;
    /** What answers a tile; the same function as long as it answers the same. */
    askerOf: (tile: string) => Ask;
}

/** Without anything said, somebody who may ask whatever they like. */
export const TileReader = createContext<TileReader>({ isShared: false, askerOf: () => run });
