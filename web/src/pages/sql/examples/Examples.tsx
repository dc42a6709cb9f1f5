/** What is there before anything was run: statements that work, and the keys. */
import { Button } from '../../../components/Button';
import { messages } from '../../../messages';
import { accent, accentNames } from '../choices';
import { appendStatement } from '../editor/document';
import { type Example, examples } from './examples';
import './examples.css';

const keys = [
    { keys: ['Ctrl', 'Enter'], what: 'keyRun' },
    { keys: ['Ctrl', 'Shift', 'Enter'], what: 'keyRunAll' },
    { keys: ['Ctrl', 'Space'], what: 'keyComplete' },
    { keys: ['Ctrl', '/'], what: 'keyComment' },
    { keys: ['Ctrl', 'F'], what: 'keyFind' },
    { keys: ['Ctrl', 'S'], what: 'keySave' },
] as const;

export function Examples() {
    const text = messages.value.sqlPage;
    return (
        <section class="sql-examples" aria-label={text.examples}>
            <div class="sql-examples-head">
                <h2>{text.examples}</h2>
                <p class="note">{text.examplesNote}</p>
            </div>
            <ul class="sql-examples-list">
                {examples.map((example) => (
                    <li key={example.key}>
                        <Card example={example} />
                    </li>
                ))}
            </ul>
            <ul class="sql-examples-keys">
                {keys.map((one) => (
                    <li key={one.what}>
                        {one.keys.map((key) => (
                            <kbd key={key} class="keys">
                                {key}
                            </kbd>
                        ))}
                        <span>{text[one.what]}</span>
                    </li>
                ))}
            </ul>
        </section>
    );
}

/** Into the editor below what is there, with its accent. */
export function putExample(example: Example): void {
    accent.value = example.accent;
    appendStatement(example.sql);
}

function Card({ example }: { example: Example }) {
    const text = messages.value.sqlPage;
    return (
        <article class="sql-example">
            <header>
                <h3>{text.example[example.key]}</h3>
                <span class="sql-example-accent">
                    {example.accent === 'auto' ? text.anyAccent : accentNames[example.accent]}
                </span>
            </header>
            <pre tabIndex={0}>{example.sql}</pre>
            <Button
                icon="plus"
                isSmall
                onClick={() => putExample(example)}
                label={`${text.putInEditor}: ${text.example[example.key]}`}
            >
                {text.putInEditor}
            </Button>
        </article>
    );
}
