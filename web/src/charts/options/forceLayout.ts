/** Places for the nodes of a graph, by springs and repulsion: the same for the same links, and shaped like its box. */
export interface Spot {
    x: number;
    y: number;
}

const ROUNDS = 220;
/** What holds the cloud to a box of area 1 against the pushes of all nodes. */
const GRAVITY = 2.4;

export function forceLayout(
    count: number,
    links: { source: number; target: number }[],
    width: number,
    height: number,
): Spot[] {
    const aspect = Math.max(0.4, Math.min(3.5, width / Math.max(1, height)));
    // In a box of area 1; the ideal distance shrinks as nodes get more.
    const box = { w: Math.sqrt(aspect), h: 1 / Math.sqrt(aspect) };
    const ideal = 0.8 * Math.sqrt(1 / Math.max(1, count));
    const spots = Array.from({ length: count }, (_, at) => {
        // A sunflower: even, without chance, and never two at one place.
        const radius = 0.5 * Math.sqrt((at + 0.5) / count);
        const angle = at * 2.399963;
        return { x: radius * Math.cos(angle) * box.w, y: radius * Math.sin(angle) * box.h };
    });
    for (let round = 0; round < ROUNDS; round += 1) {
        const reach = 0.12 * (1 - round / ROUNDS) + 0.002;
        const push = pushes(spots, ideal);
        for (const { source, target } of links) pull(spots, push, source, target, ideal);
        for (const [at, spot] of spots.entries()) {
            const by = push[at];
            if (!by) continue;
            // Towards the middle, so that parts without a link stay in sight.
            by.x -= (spot.x / box.w) * GRAVITY;
            by.y -= (spot.y / box.h) * GRAVITY;
            const length = Math.hypot(by.x, by.y) || 1;
            spot.x += (by.x / length) * Math.min(length, reach);
            spot.y += (by.y / length) * Math.min(length, reach);
        }
    }
    return spots;
}

function pushes(spots: Spot[], ideal: number): Spot[] {
    const push = spots.map(() => ({ x: 0, y: 0 }));
    for (const [at, a] of spots.entries()) {
        for (let other = at + 1; other < spots.length; other += 1) {
            const b = spots[other];
            const byA = push[at];
            const byB = push[other];
            if (!b || !byA || !byB) continue;
            const x = a.x - b.x;
            const y = a.y - b.y;
            const strength = (ideal * ideal) / Math.max(1e-6, x * x + y * y);
            byA.x += x * strength;
            byA.y += y * strength;
            byB.x -= x * strength;
            byB.y -= y * strength;
        }
    }
    return push;
}

function pull(spots: Spot[], push: Spot[], source: number, target: number, ideal: number): void {
    const a = spots[source];
    const b = spots[target];
    const byA = push[source];
    const byB = push[target];
    if (!a || !b || !byA || !byB || source === target) return;
    const x = b.x - a.x;
    const y = b.y - a.y;
    const strength = Math.hypot(x, y) / ideal;
    byA.x += x * strength;
    byA.y += y * strength;
    byB.x -= x * strength;
    byB.y -= y * strength;
}

/** Spots moved and stretched to fill a box: a picture of the box's own size is not stretched any more. */
export function fitted(spots: Spot[], box: { width: number; height: number }): Spot[] {
    const across = spots.map(({ x }) => x);
    const down = spots.map(({ y }) => y);
    const scale = (values: number[], room: number) => {
        const least = Math.min(...values);
        const length = Math.max(...values) - least;
        return (value: number) => (length === 0 ? room / 2 : ((value - least) / length) * room);
    };
    const x = scale(across, box.width);
    const y = scale(down, box.height);
    return spots.map((spot) => ({ x: x(spot.x), y: y(spot.y) }));
}
