// An open vault: what is in it, in step with the hub, and all that can be done with its records.
import { toBase64Url } from '../bytes';
import * as cache from './cache';
import type { Content } from './record';
import * as remote from './remote';
import { Refused, type Change, type Part, type Renewed, type Row } from './remote';
import { newId, NotAuthentic, open, progressId, seal, sign, type Keys, type Place, type Plain } from './seal';

/** A record that is open. */
export interface Entry {
  id: string;
  rev: number;
  content: Content;
  /** Milliseconds since 1970. */
  created: number;
  changed: number;
  /** When it was put into the bin. */
  deleted?: number;
}

/** How the vault stands with the hub. */
export type Standing = 'reading' | 'current' | 'away';

/** What came of a save: written, or written beside what another page had written in between. */
export type Saved = 'saved' | 'copied';

/** How long the bin keeps a record, in milliseconds. */
export const BIN = 30 * 24 * 60 * 60 * 1000;
/** Records that are opened or sealed at once. */
const PART = 400;
/** Octets of sealed records in one request, before they are text. */
const OCTETS = 180 * 1024;

/** What a vault needs of the world. */
export interface World {
  now: () => number;
  /** Called with what each answer of the service brings. */
  renewed: (renewed: Renewed) => void;
}

export class Vault {
  /** By id; replaced whole when something has changed. */
  entries = $state.raw<ReadonlyMap<string, Entry>>(new Map());
  standing = $state<Standing>('reading');
  /** Something that came from the hub does not fit: an older state, or what does not open. */
  doubtful = $state(false);
  /** The first steps that are done. */
  steps = $state.raw<readonly string[]>([]);
  /** Whether everything that the hub had at the start is here, or the hub could not be asked. */
  loaded = $state(false);

  #head = 0;
  /** The revision of each record that was seen last, and by which it is told from another version of the same. */
  #revs = new Map<string, { rev: number; mark: string }>();
  /** The revision that the hub has: another one where it has lost some. */
  #at = new Map<string, number>();
  /** How far what is kept here can be trusted to be whole. */
  #keptHead = 0;
  #isKept = true;
  /** How often the page was given another word to show. */
  #shown = 0;
  #progress = '';
  #turn: Promise<unknown> = Promise.resolve();
  /** Seconds by which the service's clock is ahead. */
  #ahead = 0;

  constructor(
    readonly keys: Keys,
    readonly place: Place,
    private session: string,
    private readonly world: World,
  ) {}

  /** Opens what is kept here, then asks the hub. */
  async load(): Promise<void> {
    this.#progress = await progressId(this.keys);
    const kept = await cache.read(this.place.account).catch(() => ({ rows: [], head: 0 }));
    await this.#take(kept.rows);
    this.#head = this.#keptHead = kept.head;
    try {
      await this.sync(true);
    } catch (error) {
      if (!(error instanceof Refused) || error.why === 'closed' || error.why === 'refused') throw error;
      this.standing = 'away';
    } finally {
      this.loaded = true;
    }
  }

  /** Takes what the page shows the service from now on. */
  show(session: string): void {
    this.session = session;
    this.#shown += 1;
  }

  /** Fetches what has come. Whoever is away stays readable; a vault that is closed throws `Refused`. */
  sync(used: boolean): Promise<void> {
    return this.#inTurn(() => this.#follow(used));
  }

  /**
   * Saves a record under this id, as it was changed from the revision `base`, 0 for a new one; from the one that is here where none is
   * given. The same again, after an answer that was
   * lost, is no second save.
   */
  save(content: Content, id = newId(), base?: number): Promise<Saved> {
    return this.#inTurn(async () => {
      const from = base ?? this.entries.get(id)?.rev ?? 0;
      const now = this.#now();
      const plain: Plain = { content, created: this.entries.get(id)?.created ?? now, changed: now };
      if ((this.entries.get(id)?.rev ?? 0) === from) {
        try {
          await this.#write([await this.#change(id, this.#at.get(id) ?? 0, plain)]);
          return 'saved';
        } catch (error) {
          if (!(error instanceof Refused) || error.why !== 'stale') throw error;
        }
        await this.#settle(id);
      }
      // Another page was faster: both stay. What it has deleted comes back with this change.
      const theirs = this.entries.get(id);
      if (theirs !== undefined && isSame(theirs.content, content)) return 'saved';
      if (theirs === undefined || theirs.deleted !== undefined || theirs.rev === from) {
        await this.#write([await this.#change(id, this.#at.get(id) ?? 0, plain)]);
        return 'saved';
      }
      await this.#write([await this.#change(newId(), 0, { ...plain, created: now })]);
      return 'copied';
    });
  }

  /** Puts a record into the bin, or takes it out. */
  bin(id: string, into: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const entry = this.entries.get(id);
      if (entry === undefined) return;
      const { content, created, changed } = entry;
      const plain: Plain = { content, created, changed, ...(into && { deleted: this.#now() }) };
      await this.#writeOrFollow([await this.#change(id, this.#at.get(id) ?? 0, plain)]);
    });
  }

  /** Removes records of the bin for good. */
  purge(ids: string[]): Promise<void> {
    return this.#inTurn(async () => {
      const entries = ids.flatMap((id) => this.entries.get(id) ?? []);
      const over = entries.filter(({ deleted }) => deleted !== undefined);
      const now = this.#now();
      const gone: Plain = { content: { type: 'gone' }, created: now, changed: now };
      const changes = await Promise.all(over.map(({ id }) => this.#change(id, this.#at.get(id) ?? 0, gone)));
      for (const part of parted(changes)) await this.#writeOrFollow(part);
    });
  }

  /** Removes what has been in the bin for as long as it keeps things. */
  async empty(): Promise<void> {
    const over = [...this.entries.values()].filter(
      ({ deleted }) => deleted !== undefined && this.#now() - deleted > BIN,
    );
    if (over.length > 0) await this.purge(over.map(({ id }) => id));
  }

  /** Adds many records; `told` hears how many are written. What is written stays when the rest does not come through. */
  add(contents: Content[], told: (done: number) => void): Promise<void> {
    return this.#inTurn(async () => {
      const now = this.#now();
      let done = 0;
      for (let at = 0; at < contents.length; at += PART) {
        const some = contents.slice(at, at + PART);
        const changes = await Promise.all(
          some.map((content) => this.#change(newId(), 0, { content, created: now, changed: now })),
        );
        for (const part of parted(changes)) {
          try {
            await this.#write(part);
          } catch (error) {
            // The answer may be lost, and the part written.
            await this.#follow(true);
            throw error;
          }
          done += part.length;
          told(done);
        }
      }
    });
  }

  /** Notes a first step that is done. */
  step(name: string): Promise<void> {
    if (this.steps.includes(name)) return Promise.resolve();
    return this.#inTurn(async () => {
      const note = async (): Promise<void> => {
        const content = { type: 'progress' as const, done: [...new Set([...this.steps, name])] };
        const now = this.#now();
        const rev = this.#at.get(this.#progress) ?? 0;
        await this.#write([await this.#change(this.#progress, rev, { content, created: now, changed: now })]);
      };
      try {
        await note();
      } catch (error) {
        if (!(error instanceof Refused) || error.why !== 'stale') throw error;
        await this.#follow(true);
        await note();
      }
    });
  }

  /** Does something while nothing else is asked in this page's name. */
  alone<T>(act: () => Promise<T>): Promise<T> {
    return this.#inTurn(act);
  }

  /** One after the other: each works with what the one before has left. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act, act);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** The service's time: this computer's clock may be wrong. */
  #now(): number {
    return this.world.now() + this.#ahead * 1000;
  }

  async #change(id: string, after: number, plain: Plain): Promise<Change> {
    return { id, after, body: await seal(this.keys, this.place, id, after + 1, plain) };
  }

  async #write(changes: Change[]): Promise<void> {
    const text = remote.textOf(changes);
    const time = Math.floor(this.world.now() / 1000) + this.#ahead;
    const signature = await sign(this.keys, this.place, time, text);
    const shown = this.#shown;
    this.#renew(await remote.write(this.session, text, time, signature), shown);
    // As the hub has them now; where they stand in its sequence, the next look says. Kept at once: the hub may be away by then.
    const rows = changes.map(({ id, after, body }) => ({
      seq: 0,
      id,
      rev: after + 1,
      body: new Uint8Array(body),
    }));
    await this.#keep(await this.#take(rows, true));
  }

  /** Keeps what has come, and how far that goes. Where the browser keeps nothing, the vault is read anew each time. */
  async #keep(rows: Row[], head = this.#keptHead): Promise<void> {
    try {
      await cache.write(this.place.account, rows, this.#isKept ? head : this.#keptHead);
      if (this.#isKept) this.#keptHead = head;
    } catch {
      // What is not kept is asked for again: how far it goes is not noted any more.
      this.#isKept = false;
    }
  }

  /** Where another page was faster, nothing is done, and what it has written is shown. */
  async #writeOrFollow(changes: Change[]): Promise<void> {
    try {
      await this.#write(changes);
    } catch (error) {
      if (error instanceof Refused && error.why === 'stale') await this.#settle(changes[0]?.id ?? '');
      throw error;
    }
  }

  /** Learns what another page has made of a record. Where nothing has come, the hub was set back meanwhile: all is read again. */
  async #settle(id: string): Promise<void> {
    const before = this.#at.get(id);
    await this.#follow(true);
    if (this.#at.get(id) !== before || this.standing === 'away') return;
    this.#head = 0;
    this.#at.clear();
    await this.#follow(true);
  }

  async #follow(used: boolean): Promise<void> {
    try {
      let anew = false;
      for (;;) {
        const [before, shown] = [this.#head, this.#shown];
        const part = await remote.read(this.session, before, used);
        this.#renew(part, shown);
        if (part.head < before) {
          this.doubtful = true;
          if (anew) break;
          // The hub has had more than it says now: what it has is read again from its start, and what is older here stays.
          anew = true;
          this.#head = 0;
          this.#at.clear();
          continue;
        }
        await this.#come(part);
        if (part.rows.length === 0 || this.#head >= part.head) break;
        if (this.#head <= before) {
          // Its places do not go on.
          this.doubtful = true;
          break;
        }
      }
      this.standing = 'current';
    } catch (error) {
      if (!(error instanceof Refused) || error.why !== 'away') throw error;
      this.standing = 'away';
    }
  }

  async #come(part: Part): Promise<void> {
    for (const { id, rev } of part.rows) this.#at.set(id, rev);
    const taken = await this.#take(part.rows);
    const last = part.rows.at(-1)?.seq ?? part.head;
    const isWhole = taken.length === part.rows.length;
    // What did not fit is asked for again after a reload, and doubted again.
    const kept = isWhole && !this.doubtful ? Math.max(this.#keptHead, last) : this.#keptHead;
    this.#head = Math.max(this.#head, last);
    await this.#keep(taken, kept);
  }

  #renew(renewed: Renewed, shown: number): void {
    // A word that the page was given meanwhile is newer.
    const session = shown === this.#shown ? renewed.session : this.session;
    this.session = session;
    this.#ahead = renewed.time - Math.floor(this.world.now() / 1000);
    this.world.renewed({ ...renewed, session });
  }

  /** Opens what has come, and shows it. What is older than what is here, or does not open, changes nothing. Returns what counts. */
  async #take(rows: Row[], own = false): Promise<Row[]> {
    if (rows.length === 0) return [];
    const entries = new Map(this.entries);
    const taken: Row[] = [];
    for (let at = 0; at < rows.length; at += PART) {
      const some = rows.slice(at, at + PART);
      const opened = await Promise.all(some.map((row) => this.#opened(row)));
      for (const [index, row] of some.entries()) {
        const plain = opened[index];
        const [known, mark] = [this.#revs.get(row.id), markOf(row.body)];
        const isOlder = known !== undefined && row.rev < known.rev;
        const isOther = known !== undefined && row.rev === known.rev && mark !== known.mark;
        if (plain === undefined || (!own && (isOlder || isOther))) {
          this.doubtful = true;
          continue;
        }
        taken.push(row);
        this.#revs.set(row.id, { rev: row.rev, mark });
        if (own || !this.#at.has(row.id)) this.#at.set(row.id, row.rev);
        if (plain.content.type === 'gone') entries.delete(row.id);
        else if (plain.content.type === 'progress') this.steps = plain.content.done;
        else entries.set(row.id, { ...plain, content: plain.content, id: row.id, rev: row.rev });
      }
    }
    this.entries = entries;
    return taken;
  }

  /** A record; none where it does not open. */
  async #opened({ id, rev, body }: Row): Promise<Plain | undefined> {
    try {
      return await open(this.keys, this.place, id, rev, body);
    } catch (error) {
      if (error instanceof NotAuthentic) return undefined;
      throw error;
    }
  }
}

/** What tells two versions of a record apart: the end of what is sealed, which is its authentication tag. */
const markOf = (body: Uint8Array): string => toBase64Url(body.subarray(-16));

/** Whether two records say the same. */
const isSame = (one: Content, other: Content): boolean => sorted(one) === sorted(other);
const sorted = (content: Content): string =>
  JSON.stringify(content, Object.keys(content).concat('name', 'value').sort());

/** Changes in parts that a request can take. */
const parted = (changes: Change[]): Change[][] => {
  const parts: Change[][] = [];
  let octets = OCTETS;
  for (const change of changes) {
    octets += change.body.length + 80;
    const last = parts.at(-1);
    if (last === undefined || octets > OCTETS || last.length >= PART) {
      parts.push([change]);
      octets = change.body.length + 80;
    } else last.push(change);
  }
  return parts;
};
