// An identity provider on Auth0's samlp: the users alice (alicepw) and bob (bobpw), one service provider.
// node idp.js SETTINGS.json, with port, key, certificate, sp { entity_id, acs, certificate } and encrypt.
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

function encryption() {
  if (!settings.encrypt) return {};
  const encryptionCert = `-----BEGIN CERTIFICATE-----\n${settings.sp.certificate}\n-----END CERTIFICATE-----\n`;
  const encryptionPublicKey = crypto.createPublicKey(encryptionCert).export({ type: 'spki', format: 'pem' });
  return { encryptionCert, encryptionPublicKey };
}

const escaped = (text) =>
  text.replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one]);

const app = express();
app.use(express.urlencoded({ extended: false, limit: '256kb' }));
app.get(
  '/metadata',
  samlp.metadata({ issuer, cert, profileMapper, redirectEndpointPath: '/sso', postEndpointPath: '/sso' }),
);

// The request waits in the form until name and password are there.
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
  samlp.parseRequest(request, { signatureKeys: [] }, (error, parsed) => {
    if (error || parsed.issuer !== settings.sp.entity_id) return next(error ?? new Error('unknown service provider'));
    const options = {
      issuer,
      cert,
      key,
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
      ...encryption(),
    };
    samlp.auth(options)(request, response, next);
  });
});

app.listen(settings.port, '127.0.0.1');
