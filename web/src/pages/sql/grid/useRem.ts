/** The size everything is measured in: it grows with the window on a wall. */
import { useEffect, useState } from 'preact/hooks';
import { remSize } from './columns';

export function useRem(): number {
    const [rem, setRem] = useState(remSize);
    useEffect(() => {
        const measure = () => setRem(remSize());
        window.addEventListener('resize', measure);
        return () => window.removeEventListener('resize', measure);
    }, []);
    return rem;
}
