// Runs before the first paint, so that a chosen theme does not flash in the other one.
(() => {
    let choice = new URLSearchParams(location.search).get('theme');
    try {
        choice ??= localStorage.getItem('flowtrail.theme');
    } catch {
        // Storage is refused in some embeddings; the theme follows the system then.
    }
    if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
})();
