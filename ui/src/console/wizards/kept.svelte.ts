/** The answers to a wizard's questions, kept on this computer for each connection: what was answered for one is never taken for
 * another. */
export class KeptAnswers<Step extends string, Answers extends { left: Step[] }> {
  answers: Answers;
  readonly #wizard: string;
  readonly #none: () => Answers;
  readonly #read: (stored: string | null) => Answers;
  #where: string | undefined;

  constructor(wizard: string, none: () => Answers, read: (stored: string | null) => Answers) {
    [this.#wizard, this.#none, this.#read] = [wizard, none, read];
    this.answers = $state(none());
  }

  /** Turns to a connection: its answers are read back. */
  turnTo(connection: string | undefined): void {
    const where = connection === undefined ? undefined : `${this.#wizard} ${connection}`;
    if (where === this.#where) return;
    this.#where = where;
    this.answers = where === undefined ? this.#none() : this.#read(localStorage.getItem(where));
  }

  /** Changes answers and keeps them. */
  answer(changes: Partial<Answers>): void {
    Object.assign(this.answers, changes);
    if (this.#where !== undefined) localStorage.setItem(this.#where, JSON.stringify(this.answers));
  }

  leave(step: Step): void {
    const { left } = this.answers;
    if (left.includes(step)) return;
    const changes: Partial<Answers> = {};
    changes.left = [...left, step];
    this.answer(changes);
  }

  startOver(): void {
    this.answers = this.#none();
    if (this.#where !== undefined) localStorage.removeItem(this.#where);
  }
}
