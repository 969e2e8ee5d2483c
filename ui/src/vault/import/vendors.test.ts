// @vitest-environment node
import { expect, test } from 'vitest';
import type { Content } from '../records/record';
import { plan } from './plan';
import { readExport, recognise, type Mapping, type Vendor } from './vendors';

/** The records of a file, whose rows are all to be taken. */
const recordsOf = (vendor: Vendor, lines: string[]): Content[] => {
  const { table, mapping } = readExport(lines.join('\n'));
  expect(mapping.vendor).toBe(vendor);
  return plan(table, mapping, []).rows.map((row) => {
    if (row.kind !== 'new') throw new Error(JSON.stringify(row));
    return row.content;
  });
};

const login = (values: object): object => ({
  type: 'login',
  title: '',
  folder: '',
  notes: '',
  fields: [],
  username: '',
  password: '',
  addresses: [],
  totp: '',
  ...values,
});

const SEED = 'JBSWY3DPEHPK3PXP';

test('Chrome and Edge: with notes and without', () => {
  const alice = {
    title: 'Shop',
    addresses: ['https://shop.example/login'],
    username: 'alice',
    password: ' p,w ',
  };
  expect(
    recordsOf('chrome', ['name,url,username,password', 'Shop,https://shop.example/login,alice," p,w "']),
  ).toEqual([login(alice)]);
  expect(
    recordsOf('chrome', [
      'name,url,username,password,note',
      'Shop,https://shop.example/login,alice," p,w ","one\ntwo"',
      ',android://aGFzaA==@com.example.app/,bob,x,',
    ]),
  ).toEqual([
    login({ ...alice, notes: 'one\ntwo' }),
    login({
      title: 'com.example.app',
      addresses: ['android://aGFzaA==@com.example.app/'],
      username: 'bob',
      password: 'x',
    }),
  ]);
});

test('Firefox: the host is the title, and what the browser keeps for itself is left out', () => {
  expect(
    recordsOf('firefox', [
      '"url","username","password","httpRealm","formActionOrigin","guid","timeCreated","timeLastUsed","timePasswordChanged"',
      '"https://mail.example:8443","alice","pw",,"https://mail.example","{0b5e}","1700000000000","1700000000000","1700000000000"',
      '"https://router.example","admin","pw","Router",,"{0b5f}","1","1","1"',
    ]),
  ).toEqual([
    login({
      title: 'mail.example',
      addresses: ['https://mail.example:8443'],
      username: 'alice',
      password: 'pw',
    }),
    login({
      title: 'router.example',
      addresses: ['https://router.example'],
      username: 'admin',
      password: 'pw',
      fields: [{ name: 'httpRealm', value: 'Router' }],
    }),
  ]);
});

const BITWARDEN =
  'folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp';

test('Bitwarden: logins with several addresses and fields, and notes', () => {
  expect(
    recordsOf('bitwarden', [
      BITWARDEN,
      `Work/Web,1,login,Shop,,"PIN: 1234\nlink: see: this\nempty: \nand more",0,"https://shop.example/?a=1,2,https://b.example,c.example",alice,pw,${SEED}`,
      ',,note,Wi-Fi,"the, key",,0,,,,',
    ]),
  ).toEqual([
    login({
      title: 'Shop',
      folder: 'Work/Web',
      addresses: ['https://shop.example/?a=1,2', 'https://b.example', 'c.example'],
      username: 'alice',
      password: 'pw',
      totp: SEED,
      fields: [
        { name: 'PIN', value: '1234' },
        { name: 'link', value: 'see: this' },
        { name: 'empty', value: 'and more' },
      ],
    }),
    { type: 'note', title: 'Wi-Fi', folder: '', notes: 'the, key', fields: [] },
  ]);
});

test('Bitwarden: the export of an organisation', () => {
  expect(
    recordsOf('bitwarden-organisation', [
      'collections,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp',
      '"Sales,Support",login,CRM,,,0,,alice,pw,',
    ]),
  ).toEqual([
    login({
      title: 'CRM',
      folder: 'Sales',
      username: 'alice',
      password: 'pw',
      fields: [{ name: 'collections', value: 'Sales,Support' }],
    }),
  ]);
});

test('1Password: the present header and the older one', () => {
  expect(
    recordsOf('1password', [
      'Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes',
      `Shop,https://shop.example,alice,pw,otpauth://totp/Shop?secret=${SEED},false,false,private,a note`,
    ]),
  ).toEqual([
    login({
      title: 'Shop',
      addresses: ['https://shop.example'],
      username: 'alice',
      password: 'pw',
      totp: `otpauth://totp/Shop?secret=${SEED}`,
      notes: 'a note',
      fields: [{ name: 'Tags', value: 'private' }],
    }),
  ]);
  expect(
    recordsOf('1password', [
      'Title,URL,Username,Password,Notes,Type',
      'Shop,https://shop.example,alice,pw,,Login',
      'Door,,,,1234,Secure Note',
      'Club,,7,pw,,Membership',
    ]),
  ).toEqual([
    login({ title: 'Shop', addresses: ['https://shop.example'], username: 'alice', password: 'pw' }),
    { type: 'note', title: 'Door', folder: '', notes: '1234', fields: [] },
    login({ title: 'Club', username: '7', password: 'pw', fields: [{ name: 'Type', value: 'Membership' }] }),
  ]);
});

test('LastPass: logins, secure notes and cards', () => {
  expect(
    recordsOf('lastpass', [
      'url,username,password,totp,extra,name,grouping,fav',
      `https://shop.example,alice,pw,${SEED},a note,Shop,Work\\Web,1`,
      'http://sn,,,,"NoteType:Server\nHostname:db",Server,,0',
      'http://sn,,,,"NoteType:Credit Card\nLanguage:en-US\nName on Card:Alice Ng\nType:Visa\nNumber:4111111111111111\nSecurity Code:123\nStart Date:,\nExpiration Date:October,2025\nNotes:first: line\nsecond",Bank,Cards,0',
    ]),
  ).toEqual([
    login({
      title: 'Shop',
      folder: 'Work/Web',
      addresses: ['https://shop.example'],
      username: 'alice',
      password: 'pw',
      totp: SEED,
      notes: 'a note',
    }),
    { type: 'note', title: 'Server', folder: '', notes: 'NoteType:Server\nHostname:db', fields: [] },
    {
      type: 'card',
      title: 'Bank',
      folder: 'Cards',
      notes: 'first: line\nsecond',
      holder: 'Alice Ng',
      number: '4111111111111111',
      expires: '10/2025',
      code: '123',
      fields: [{ name: 'Type', value: 'Visa' }],
    },
  ]);
});

test('LastPass: the row of an empty folder holds nothing', () => {
  const { table, mapping } = readExport(
    'url,username,password,extra,name,grouping,fav\nhttp://group,,,,,Old,0',
  );
  expect(plan(table, mapping, []).rows).toMatchObject([{ kind: 'error', line: 2, code: 'empty' }]);
});

const KEEPASS = '"Account","Login Name","Password","Web Site","Comments"';
const shop = { title: 'Shop', username: 'alice', addresses: ['https://shop.example'] };

test('KeePass: quotes and backslashes have backslashes before them', () => {
  expect(
    recordsOf('keepass', [KEEPASS, '"Shop","alice","p\\"w\\\\","https://shop.example","one\ntwo"']),
  ).toEqual([login({ ...shop, password: 'p"w\\', notes: 'one\ntwo' })]);
});

test('KeePass: a file in which they have not is read as it is', () => {
  expect(
    recordsOf('keepass', [
      KEEPASS,
      '"Shop","alice","p""w\\\\","https://shop.example","C:\\keys"',
      '"Shop 2","alice","ends in \\","https://shop.example",""',
    ]),
  ).toEqual([
    login({ ...shop, password: 'p"w\\\\', notes: 'C:\\keys' }),
    login({ ...shop, title: 'Shop 2', password: 'ends in \\' }),
  ]);
});

test('KeePassXC: the group at the top is left out', () => {
  expect(
    recordsOf('keepassxc', [
      '"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"',
      `"Root/Work/Web","Shop","alice","pw","https://shop.example","","otpauth://totp/x?secret=${SEED}","0","2024-01-01T00:00:00Z","2024-01-01T00:00:00Z"`,
      '"Root","Door","","","","1234","","0","2024-01-01T00:00:00Z","2024-01-01T00:00:00Z"',
    ]),
  ).toEqual([
    login({ ...shop, folder: 'Work/Web', password: 'pw', totp: `otpauth://totp/x?secret=${SEED}` }),
    { type: 'note', title: 'Door', folder: '', notes: '1234', fields: [] },
  ]);
});

test('Keeper: without a header, and with rows of any length', () => {
  const lines = [
    `Work\\Web,Shop,alice,pw,https://shop.example,,,TFC:Keeper,otpauth://totp/x?secret=${SEED},Account ID,1234`,
    ',Mail,bob,password,,a note,Team\\Mail',
    'Own,Door,,4711,,,Team,odd',
  ];
  const expected = [
    login({
      ...shop,
      folder: 'Work/Web',
      password: 'pw',
      totp: `otpauth://totp/x?secret=${SEED}`,
      fields: [{ name: 'Account ID', value: '1234' }],
    }),
    login({ title: 'Mail', folder: 'Team/Mail', username: 'bob', password: 'password', notes: 'a note' }),
    login({
      title: 'Door',
      folder: 'Own',
      password: '4711',
      fields: [
        { name: 'Shared Folder', value: 'Team' },
        { name: 'odd', value: '' },
      ],
    }),
  ];
  expect(recordsOf('keeper', lines)).toEqual(expected);
  expect(readExport(lines.join('\n')).table.rows.map(({ line }) => line)).toEqual([1, 2, 3]);
  const header = 'Folder,Title,Login,Password,Website Address,Notes,Shared Folder,Custom Fields';
  expect(recordsOf('keeper', [header, ...lines])).toEqual(expected);
});

test('Safari and Apple Passwords', () => {
  expect(
    recordsOf('safari', [
      'Title,URL,Username,Password,Notes,OTPAuth',
      `Shop,https://shop.example,alice,pw,,otpauth://totp/x?secret=${SEED}`,
    ]),
  ).toEqual([login({ ...shop, password: 'pw', totp: `otpauth://totp/x?secret=${SEED}` })]);
});

test('a header is known in any case and order, and by nothing less than all of it', () => {
  expect(recognise(['PASSWORD', ' Username', 'Name', 'URL'])).toEqual({
    vendor: 'chrome',
    targets: ['password', 'username', 'title', 'address'],
  });
  expect(recognise(['name', 'url', 'username', 'password', 'pin']).vendor).toBe('generic');
  expect(recognise(['name', 'url', 'username']).vendor).toBe('generic');
  expect(recognise(['name', 'url', 'username', 'password', 'constructor']).vendor).toBe('generic');
  expect(recognise([...BITWARDEN.split(','), 'archivedDate']).vendor).toBe('bitwarden');
});

test('other headers are guessed, in English', () => {
  const targets = (header: string): string[] => recognise(header.split(',')).targets;
  expect(targets('Account,User name,Pass,Web site,Remarks,Category')).toEqual([
    'title',
    'username',
    'password',
    'address',
    'notes',
    'folder',
  ]);
  expect(targets('service,account,password,login url,PIN')).toEqual([
    'title',
    'username',
    'password',
    'address',
    'field',
  ]);
  expect(targets('type,name,url,email,username,password,note,totp,createTime,modifyTime,vault')).toEqual([
    'field',
    'title',
    'address',
    'field',
    'username',
    'password',
    'notes',
    'totp',
    'ignore',
    'ignore',
    'folder',
  ]);
  expect(targets('Label,Name on card,Card number,Expiry,CVV')).toEqual([
    'title',
    'holder',
    'number',
    'expires',
    'code',
  ]);
});

test('other headers are guessed, in Japanese', () => {
  const targets = (header: string): string[] => recognise(header.split(',')).targets;
  expect(targets('タイトル,ユーザー名,パスワード,ＵＲＬ,備考,フォルダ')).toEqual([
    'title',
    'username',
    'password',
    'address',
    'notes',
    'folder',
  ]);
  expect(targets('名前,ID,ログインパスワード,サイトURL,メモ欄,パスポート番号')).toEqual([
    'title',
    'username',
    'password',
    'address',
    'notes',
    'field',
  ]);
  expect(targets('サイト名,サイト,ユーザーID（必須）,メールアドレス,パスワード,更新日')).toEqual([
    'title',
    'address',
    'username',
    'field',
    'password',
    'ignore',
  ]);
});

test('a Japanese file of many columns is not taken for one without a header', () => {
  const { table, mapping } = readExport(
    '名称,ログインID,パスワード,サイト,備考,部署\n店,alice,pw,shop.example,,営業',
  );
  expect(mapping.vendor).toBe('generic');
  expect(plan(table, mapping, []).rows).toMatchObject([
    { line: 2, content: { title: '店', fields: [{ name: '部署', value: '営業' }] } },
  ]);
});

test('the user can send a column elsewhere, and nothing of a row is lost', () => {
  const { table, mapping } = readExport(
    `${BITWARDEN}\nF,1,login,Shop,n,PIN: 1,0,https://shop.example,alice,pw,`,
  );
  const changed: Mapping = {
    ...mapping,
    targets: [
      'field',
      'field',
      'field',
      'title',
      'notes',
      'notes',
      'field',
      'notes',
      'title',
      'password',
      'totp',
    ],
  };
  expect(plan(table, changed, []).rows).toMatchObject([
    {
      content: {
        title: 'Shop',
        password: 'pw',
        notes: 'n\n\nPIN: 1\n\nhttps://shop.example',
        fields: [
          { name: 'folder', value: 'F' },
          { name: 'favorite', value: '1' },
          { name: 'type', value: 'login' },
          { name: 'reprompt', value: '0' },
          { name: 'login_username', value: 'alice' },
        ],
      },
    },
  ]);
});
