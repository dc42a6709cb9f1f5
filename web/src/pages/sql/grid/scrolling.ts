/**
 * Scrolling through more rows than a browser can be high. The scrolled element has at most `TALLEST` pixels; where the
 * rows would have more, a long way on the scrollbar is a share of the whole, and a short one is the pixels it is.
 */

/** Browsers end at 17 to 33 million. */
export const TALLEST = 8_000_000;

/** Movements beyond are the scrollbar's: a pixel of it is thousands of these. */
const NEAR = 3000;

export interface Extent {
    /** Of all rows, as if it were possible. */
    content: number;
    /** Of the window on them. */
    view: number;
}

export function heightOf({ content }: Extent): number {
    return Math.min(content, TALLEST);
}

const clamp = (value: number, most: number) => Math.max(0, Math.min(value, most));

export class Scrolling {
    /** Where the view begins in all rows. */
    top = 0;
    #extent: Extent = { content: 0, view: 0 };
    /** Where the element was when last heard of. */
    #seen = 0;

    get #most(): number {
        return Math.max(0, this.#extent.content - this.#extent.view);
    }

    get #mostSeen(): number {
        return Math.max(0, heightOf(this.#extent) - this.#extent.view);
    }

    /** Rows came, or the window changed: what is seen stays. Answers where the element has to be. */
    resize(extent: Extent): number {
        this.#extent = extent;
        return this.goTo(this.top);
    }

    /** Answers where the element has to be for `top` to be seen. */
    goTo(top: number): number {
        this.top = clamp(top, this.#most);
        // Pixels beyond the point are the browser's rounding, not a way.
        if (this.#most - this.top < 0.5) this.top = this.#most;
        this.#seen = this.#most === 0 ? 0 : (this.top / this.#most) * this.#mostSeen;
        return this.#seen;
    }

    /** The element is at `seen`. An answer: it has to be elsewhere, there would be no way on. */
    moved(seen: number): number | undefined {
        const way = seen - this.#seen;
        const isWhole = this.#mostSeen >= this.#most;
        if (isWhole) this.top = clamp(seen, this.#most);
        else if (Math.abs(way) <= NEAR) this.top = clamp(this.top + way, this.#most);
        else this.top = clamp((seen / this.#mostSeen) * this.#most, this.#most);
        this.#seen = seen;
        if (this.#most - this.top < 0.5) this.top = this.#most;
        if (isWhole) return undefined;
        const isStuck = (seen <= 0 && this.top > 0) || (seen >= this.#mostSeen - 1 && this.top < this.#most);
        return isStuck ? this.goTo(this.top) : undefined;
    }

    /** Where the element should be after short ways, so that the scrollbar tells the truth. */
    settled(): number {
        return this.goTo(this.top);
    }
}
