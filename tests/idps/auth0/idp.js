// An identity provider on Auth0's samlp: the users alice (alicepw) and bob (bobpw), one service provider.
// node idp.js SETTINGS.json, with port, key, certificate, sp { entity_id, acs, slo, certificate }, encrypt and policy: a file
// that is read for each answer, with options of samlp and `encrypt`, and with another key and certificate to sign by.
const fs = require('fs');
const crypto = require('crypto');
const express = require('express');
const samlp = require('samlp');

const settings = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const issuer = `http://127.0.0.1:${settings.port}`;
const key = fs.readFileSync(settings.key);
const cert = fs.readFileSync(settings.certificate);
const users = {
  alice: { email: 'alice@example.com', firstName: 'Alice', lastName: 'Liddell' },
  bob: { email: 'bob@example.com', firstName: 'Bob', lastName: 'Ünïcode <&>' },
};

/** What samlp asks about a user. */
class Profile {
  constructor(user) {
    this.user = user;
  }
  getClaims() {
    return this.user;
  }
  getNameIdentifier() {
    const nameIdentifierFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
    return { nameIdentifier: this.user.email, nameIdentifierFormat };
  }
}
const profileMapper = (user) => new Profile(user);
profileMapper.prototype = Profile.prototype;
Profile.prototype.metadata = [{ id: 'email', optional: false, displayName: 'E-mail', description: 'E-mail' }];

/** How this answer is made. */
function policy() {
  const { encrypt = settings.encrypt, ...told } = JSON.parse(fs.readFileSync(settings.policy, 'utf8'));
  for (const file of ['key', 'cert']) if (told[file]) told[file] = fs.readFileSync(told[file]);
  return { ...encryption(encrypt), ...told };
}

function encryption(encrypt) {
  if (!encrypt) return {};
  const encryptionPublicKey = crypto.createPublicKey(ours).export({ type: 'spki', format: 'pem' });
  return { encryptionCert: ours, encryptionPublicKey };
}

const ours = `-----BEGIN CERTIFICATE-----\n${settings.sp.certificate}\n-----END CERTIFICATE-----\n`;

const escaped = (text) =>
  text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one]);

const app = express();
app.use(express.urlencoded({ extended: false, limit: '256kb' }));
app.get(
  '/metadata',
  samlp.metadata({
    issuer,
    cert,
    profileMapper,
    redirectEndpointPath: '/sso',
    postEndpointPath: '/sso',
    logoutEndpointPaths: { redirect: '/slo', post: '/slo' },
  }),
);

// The request waits in the form until name and password are there. Without one it is a tile of the identity provider's.
app.get('/sso', (request, response) => {
  const kept = ['SAMLRequest', 'RelayState', 'SigAlg', 'Signature'].filter((name) => request.query[name]);
  const hidden = kept.map((name) => `<input type="hidden" name="${name}" value="${escaped(request.query[name])}">`);
  response.send(`<form method="post" action="/sso">${hidden.join('')}
    <input name="username"><input type="password" name="password"><input type="submit"></form>`);
});

app.post('/sso', (request, response, next) => {
  const { username, password, ...asked } = request.body;
  const user = Object.hasOwn(users, username) && password === `${username}pw` ? users[username] : undefined;
  if (!user) return response.status(403).send('wrong');
  // As it came at first: by redirect.
  Object.defineProperty(request, 'method', { value: 'GET' });
  Object.defineProperty(request, 'query', { value: asked });
  request.body = {};
  // A request that this certificate has not signed ends here, as one that nobody has signed does.
  samlp.parseRequest(request, { signingCert: ours }, (error, asking) => {
    const parsed = asking ?? { issuer: settings.sp.entity_id };
    if (error || parsed.issuer !== settings.sp.entity_id) return next(error ?? new Error('unknown service provider'));
    const sessionIndex = `_${crypto.randomBytes(16).toString('hex')}`;
    signedIn.push(new Participant(user, sessionIndex));
    const options = {
      issuer,
      cert,
      key,
      sessionIndex,
      audience: parsed.issuer,
      recipient: settings.sp.acs,
      destination: settings.sp.acs,
      inResponseTo: parsed.id,
      RelayState: asked.RelayState,
      lifetimeInSeconds: 300,
      signResponse: true,
      signAssertion: true,
      getPostURL: (_audience, _dom, _request, done) => done(null, settings.sp.acs),
      getUserFromRequest: () => user,
      profileMapper,
      ...policy(),
    };
    samlp.auth(options)(request, response, next);
  });
});

// Single logout. The sessions of all browsers are one list: a test has one browser.
const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const signedIn = [];

class Participant {
  constructor(user, sessionIndex) {
    Object.assign(this, {
      serviceProviderId: settings.sp.entity_id,
      nameId: user.email,
      nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      sessionIndex,
      serviceProviderLogoutURL: settings.sp.slo,
      cert: ours,
      binding: POST,
    });
  }
}

const found = (issuer, indexes, nameId) =>
  signedIn.findIndex(
    (one) =>
      one.serviceProviderId === issuer && one.nameId === nameId && [indexes].flat().includes(one.sessionIndex),
  );
const sessionParticipants = {
  hasElements: () => signedIn.length > 0,
  get: (issuer, indexes, nameId, done) => done(null, signedIn[found(issuer, indexes, nameId)]),
  getFirst: (done) => done(null, signedIn[0]),
  remove(issuer, index, nameId, done) {
    const at = found(issuer, index, nameId);
    done(null, at < 0 ? undefined : signedIn.splice(at, 1)[0]);
  },
};
const kept = new Map();
const store = {
  save(_request, value, done) {
    const name = crypto.randomBytes(16).toString('hex');
    kept.set(name, value);
    done(null, name);
  },
  load(_request, name, options, done) {
    const value = kept.get(name);
    if (options.destroy) kept.delete(name);
    (done ?? options)(null, value);
  },
  update(_request, name, value, done) {
    kept.set(name, value);
    done(null);
  },
};

app.all('/slo', (request, response, next) => {
  request.body ??= {};
  const options = {
    issuer,
    cert,
    key,
    deflate: true,
    sessionParticipants,
    store,
    protocolBinding: POST,
    destination: settings.sp.slo,
  };
  samlp.logout(options)(request, response, next);
});

app.listen(settings.port, '127.0.0.1');
