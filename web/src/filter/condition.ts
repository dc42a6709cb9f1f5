/** A filter line as a tree, by the server's grammar. Undefined where the server would refuse it: it says why, and where. */
import { type Piece, piecesOf, says } from './pieces';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in' | 'like' | 'not like' | 'is' | 'is not';

export interface FilterWord {
    text: string;
    isQuoted: boolean;
}

export interface Test {
    kind: 'test';
    field: string;
    operator: Operator;
    /** None for `is null`. */
    values: FilterWord[];
}

export type Condition =
    { kind: 'and'; parts: Condition[] } | { kind: 'or'; parts: Condition[] } | { kind: 'not'; part: Condition } | Test;

const DEEPEST = 32;
const COMPARISONS = new Map<string, Operator>([
    ['=', '='],
    ['!=', '!='],
    ['<>', '!='],
    ['<', '<'],
    ['<=', '<='],
    ['>', '>'],
    ['>=', '>='],
]);

/** Thrown inside of this file only. */
class Unreadable extends Error {}

export function readCondition(line: string): Condition | undefined {
    const pieces = piecesOf(line);
    if (pieces.length === 0) return undefined;
    const reader = new Reader(pieces);
    try {
        const condition = reader.any(0);
        return reader.isAtEnd() ? condition : undefined;
    } catch (error) {
        if (error instanceof Unreadable) return undefined;
        throw error;
    }
}

class Reader {
    private at = 0;

    constructor(private readonly pieces: Piece[]) {}

    isAtEnd(): boolean {
        return this.at >= this.pieces.length;
    }

    any(depth: number): Condition {
        return this.joined('or', () => this.all(depth));
    }

    private all(depth: number): Condition {
        return this.joined('and', () => this.not(depth));
    }

    private joined(word: 'and' | 'or', next: () => Condition): Condition {
        const parts = [next()];
        while (this.takes(word)) parts.push(next());
        const [only] = parts;
        return parts.length === 1 && only ? only : { kind: word, parts };
    }

    private not(depth: number): Condition {
        if (depth > DEEPEST) throw new Unreadable();
        if (this.takes('not')) return { kind: 'not', part: this.not(depth + 1) };
        if (!this.takes('(')) return this.test();
        const inner = this.any(depth + 1);
        this.expect(')');
        return inner;
    }

    private test(): Test {
        const field = this.word().text;
        if (this.takes('is')) {
            const operator = this.takes('not') ? 'is not' : 'is';
            this.expect('null');
            return { kind: 'test', field, operator, values: [] };
        }
        const piece = this.pieces[this.at];
        const comparison = piece?.kind === 'operator' ? COMPARISONS.get(piece.text) : undefined;
        if (comparison) {
            this.at += 1;
            return { kind: 'test', field, operator: comparison, values: [this.word()] };
        }
        const isNot = this.takes('not');
        if (this.takes('in')) return { kind: 'test', field, operator: isNot ? 'not in' : 'in', values: this.values() };
        this.expect('like');
        return { kind: 'test', field, operator: isNot ? 'not like' : 'like', values: [this.word()] };
    }

    private values(): FilterWord[] {
        if (!this.takes('(')) return [this.word()];
        const values = [this.word()];
        while (this.takes(',')) values.push(this.word());
        this.expect(')');
        return values;
    }

    private word(): FilterWord {
        const piece = this.pieces[this.at];
        if (!piece || piece.isOpen || (piece.kind !== 'word' && piece.kind !== 'quoted')) throw new Unreadable();
        this.at += 1;
        return { text: piece.text, isQuoted: piece.kind === 'quoted' };
    }

    private takes(word: string): boolean {
        const isThere = says(this.pieces[this.at], word);
        if (isThere) this.at += 1;
        return isThere;
    }

    private expect(word: string): void {
        if (!this.takes(word)) throw new Unreadable();
    }
}
