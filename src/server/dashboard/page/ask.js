/**
 * The one way of every request to the proxy. Where the proxy asks for a key, the cookie of the sign-in is not enough: browsers
 * send it to every server of this machine, whatever its port. So each request carries a second secret, which only pages of
 * this origin can read.
 */

/** Where the sign-in leaves the page's secret; for this tab only. */
const STORED = "terraphim-dashboard";
const HEADER = "x-dashboard-page";
/** Milliseconds in which another tab answers. */
const TABS_ANSWER = 300;

/** Tabs of this origin; a new one asks the others for the secret, so that it need not sign in again. */
const tabs = new BroadcastChannel(STORED);
tabs.addEventListener("message", ({ data }) => {
  const secret = stored();
  if (data.wanted && secret !== null) tabs.postMessage({ secret });
});

/** A sign-in that the page itself is at; undefined: none. */
let signingIn;

/**
 * Does what makes the proxy ask for a key, and signs in with it; `work` asks with `{ signsIn: true }`. Whatever else the page
 * asks meanwhile waits for it, and does not leave the page.
 */
export async function signInWith(work) {
  const over = Promise.withResolvers();
  signingIn = over.promise;
  try {
    return await work();
  } finally {
    signingIn = undefined;
    over.resolve();
  }
}

/**
 * Asks the proxy, by a path relative to the page; `options` are those of `fetch`. Goes to the sign-in where the proxy wants
 * one: then the promise stays open. Rejects where there is no connection.
 */
export async function askProxy(path, { signsIn = false, ...options } = {}) {
  const sent = stored();
  let response = await send(path, options);
  if (response.status === 401 && !signsIn) await signingIn;
  // Another request of this page may have got the secret meanwhile.
  if (response.status === 401 && (stored() !== sent || await borrow(sent))) {
    response = await send(path, options);
  }
  if (response.status !== 401) return response;
  location.assign(`dashboard/login${location.hash}`);
  return await new Promise(() => {});
}

/** Keeps the secret of a sign-in. */
export function keep(secret) {
  try {
    sessionStorage.setItem(STORED, secret);
  } catch { /* a browser without storage: it has to sign in for each page */ }
}

function send(path, options) {
  const headers = new Headers({ accept: "application/json", ...options.headers });
  const secret = stored();
  if (secret !== null) headers.set(HEADER, secret);
  return fetch(path, { ...options, headers });
}

function stored() {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Takes the secret of another tab, where one has another than the one that was sent. Resolves with whether it did. */
function borrow(sent) {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const end = (found) => {
      stop.abort();
      clearTimeout(timer);
      resolve(found);
    };
    const timer = setTimeout(() => end(false), TABS_ANSWER);
    tabs.addEventListener("message", ({ data: { secret } }) => {
      if (secret === undefined || secret === sent) return;
      keep(secret);
      end(true);
    }, { signal: stop.signal });
    tabs.postMessage({ wanted: true });
  });
}
