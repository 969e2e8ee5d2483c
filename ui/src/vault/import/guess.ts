// Guesses what a column holds by the words of its header, in English and in Japanese.
import type { Target } from './target';

type Words = readonly (readonly [Target, string])[];

/** Headers as a whole, the surest first. */
const WHOLE: Words = [
  ['password', 'password passwd pwd pw pass passphrase パスワード'],
  ['totp', 'totp otpauth otp otpurl otpsecret 2fa onetimecode onetimepassword ワンタイムパスワード'],
  ['address', 'url uri address website websiteaddress web site domain host link loginurl loginuri'],
  ['address', 'サイト アドレス ウェブサイト ホームページ ドメイン リンク'],
  ['holder', 'nameoncard cardholder cardholdername holder カード名義 カード名義人 名義人 名義'],
  ['number', 'cardnumber number カード番号 クレジットカード番号'],
  ['expires', 'expirationdate expiration expires expiry expirydate 有効期限 期限'],
  ['code', 'securitycode cvv cvc code セキュリティコード'],
  ['username', 'username user loginname login loginusername loginid userid'],
  ['username', 'ユーザー名 ユーザ名 ユーザー ユーザ ログインid ユーザーid ユーザid ログイン名 ログイン id'],
  ['notes', 'notes note memo comments comment remarks extra メモ 備考 ノート コメント'],
  ['folder', 'folder group grouping category collection collections vault'],
  ['folder', 'フォルダ フォルダー グループ カテゴリ カテゴリー 分類'],
  ['title', 'title name sitename servicename service item itemname label description'],
  ['title', 'タイトル 名前 名称 サイト名 サービス名 サービス 件名'],
];

/** Words of which it is enough that a header has them. What comes first wins: a login URL is an address. */
const WITHIN: Words = [
  ['password', 'password パスワード'],
  ['totp', 'totp otpauth'],
  ['address', 'url website サイト'],
  ['holder', 'cardholder 名義'],
  ['number', 'cardnumber カード番号'],
  ['expires', '有効期限'],
  ['code', 'セキュリティコード'],
  ['username', 'username email ユーザー ユーザ ログイン メール アカウント'],
  ['notes', 'notes memo comment メモ 備考 コメント'],
  ['folder', 'folder フォルダ グループ カテゴリ'],
  ['title', 'title タイトル 名前 名称'],
];

/** Headers as a whole that stand for something where no other column does. */
const OTHERWISE: Words = [
  ['username', 'email mail emailaddress mailaddress メールアドレス メール'],
  ['username', 'アカウント名 アカウント accountname account'],
  ['title', 'account'],
];

/** What programs keep for themselves. */
const NOISE: readonly string[] = [
  'guid uuid icon reprompt favorite favourite fav archived archiveddate formactionorigin',
  'created modified updated createdat updatedat modifiedat lastmodified lastused createtime modifytime',
  'timecreated timelastused timepasswordchanged',
  'お気に入り 作成日 作成日時 更新日 更新日時 最終更新 最終更新日 最終更新日時',
].flatMap((words) => words.split(' '));

/** Each word with its target. */
const listed = (table: Words): readonly (readonly [Target, string])[] =>
  table.flatMap(([target, words]) => words.split(' ').map((word) => [target, word] as const));

const WHOLE_WORDS = listed(WHOLE);
const WITHIN_WORDS = listed(WITHIN);
const OTHERWISE_WORDS = listed(OTHERWISE);
const KNOWN = new Set([...NOISE, ...[...WHOLE_WORDS, ...OTHERWISE_WORDS].map(([, word]) => word)]);

/** Targets that more than one column can have. */
const MANY: readonly Target[] = ['address', 'notes'];

/** A header without what differs from file to file: width, case, spaces and marks. */
const plain = (header: string): string =>
  header
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\p{P}\p{S}]/gu, '');

/** Whether a header cell is one that is known. */
export const known = (header: string): boolean => KNOWN.has(plain(header));

/** A target for each column. What no word tells becomes a field, and so does what another column tells better. */
export const guess = (header: readonly string[]): Target[] => {
  const names = header.map(plain);
  const targets = names.map((name): Target | undefined => (NOISE.includes(name) ? 'ignore' : undefined));
  const give = (target: Target, fits: (name: string) => boolean): void => {
    for (const [at, name] of names.entries()) {
      const free = MANY.includes(target) || !targets.includes(target);
      if (targets[at] === undefined && free && fits(name)) targets[at] = target;
    }
  };
  for (const [target, word] of WHOLE_WORDS) give(target, (name) => name === word);
  for (const [target, word] of WITHIN_WORDS) give(target, (name) => !KNOWN.has(name) && name.includes(word));
  for (const [target, word] of OTHERWISE_WORDS) give(target, (name) => name === word);
  return targets.map((target) => target ?? 'field');
};
