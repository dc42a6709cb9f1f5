import { messages } from '../../messages';

export default function ExplorePage() {
    return <p class="page-note">{messages.value.shell.soon}</p>;
}
