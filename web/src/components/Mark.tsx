/** The picture beside the name. */
export function Mark() {
    return (
        <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="8" />
            <path d="M7 21c4 0 5-10 9-10s4 6 9 0" />
            <circle cx="7" cy="21" r="2.6" />
        </svg>
    );
}
