import { asFault, type Backend } from '../../lib/backend/backend';
import type { Authenticator } from '../../lib/backend/types/Authenticator';
import type { Fault } from '../../lib/backend/types/Fault';
import { fold } from '../../lib/forms/fold';

/** Somebody who makes an account here: name, passphrase, authenticator app. Forgotten with the form. */
export class Newcomer {
  login = $state('');
  passphrase = $state('');
  code = $state('');
  fault = $state<Fault>();
  busy = $state(false);
  readonly #backend: Backend;
  #made = $state<Authenticator & { login: string }>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get name(): string {
    return this.login.trim();
  }

  /** The entry for the app. It carries the login name: another name needs another entry. */
  get entry(): Authenticator | undefined {
    return this.#made?.login === this.name ? this.#made : undefined;
  }

  /** What the account is made with. */
  get proof(): { passphrase: string; totp_code: string } {
    return { passphrase: this.passphrase, totp_code: fold(this.code) };
  }

  /** Does one thing at a time, and tells why it could not be done. */
  async attempt(act: () => Promise<void>): Promise<void> {
    [this.busy, this.fault] = [true, undefined];
    try {
      await act();
    } catch (caught) {
      this.fault = asFault(caught);
    }
    this.busy = false;
  }

  async suggest(): Promise<void> {
    await this.attempt(async () => {
      this.passphrase = (await this.#backend.call('admin.suggest_passphrase', null)).passphrase;
    });
  }

  /** Makes the entry; `first` is what has to be so before. */
  async begin(first?: () => Promise<void>): Promise<void> {
    await this.attempt(async () => {
      await first?.();
      const login = this.name;
      this.#made = { ...(await this.#backend.call('admin.begin_founding', { login })), login };
    });
  }

  /** The account is made. */
  forget(): void {
    [this.passphrase, this.code, this.#made] = ['', '', undefined];
  }
}
