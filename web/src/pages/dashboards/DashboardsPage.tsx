import { messages } from '../../messages';

export function DashboardsPage({ name }: { name: string | undefined }) {
    return <p class="page-note">{name ?? messages.value.shell.loading}</p>;
}
