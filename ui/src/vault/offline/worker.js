// @ts-check
// Lets the vault page open while its server cannot be reached: then what is sealed in this browser can be read, as long as the vault is
// open here. The server's own answer comes first, always; what it serves takes the place of what was kept.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const KEPT = 'sekisho-vault-page';
/** Milliseconds for a network that says nothing. */
const PATIENCE = 8000;
const FILES = ['/vault/', '/vault/vault.js', '/vault/vault.css'];

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then((kept) => kept.addAll(FILES))
      .then(() => worker.skipWaiting()),
  );
});
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin || !FILES.includes(pathname)) return;
  event.respondWith(answer(event, pathname));
});

/**
 * @param {FetchEvent} event
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function answer(event, path) {
  try {
    const fresh = await fetch(event.request, { signal: AbortSignal.timeout(PATIENCE) });
    if (fresh.ok) event.waitUntil(keep(path, fresh.clone()).catch(() => undefined));
    // A balancer answers for servers that are all away.
    return fresh.status < 500 ? fresh : ((await known(path)) ?? fresh);
  } catch (away) {
    const kept = await known(path);
    if (kept === undefined) throw away;
    return kept;
  }
}

/** @param {string} path */
const known = (path) => caches.match(path, { cacheName: KEPT });

/**
 * @param {string} path
 * @param {Response} answer
 */
const keep = async (path, answer) => (await caches.open(KEPT)).put(path, answer);
