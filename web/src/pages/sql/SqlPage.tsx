import { messages } from '../../messages';

export default function SqlPage() {
    return <p class="page-note">{messages.value.shell.soon}</p>;
}
