// The service worker: shows what the server pushes, and opens the station's page when it is pressed.
/// <reference lib="webworker" />

const SENTENCES = {
  en: (name) => `${name} is live now`,
  ur: (name) => `\u2068${name}\u2069 اب لائیو ہے`,
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const { station, name, title, host, url, language } = event.data.json();
  const sentence = SENTENCES[language] ?? SENTENCES.en;
  const about = [title, host].filter(Boolean).join(" · ");
  event.waitUntil(
    self.registration.showNotification(sentence(name), {
      body: about,
      dir: "auto",
      icon: `/s/${encodeURIComponent(station)}/icon.png?size=192`,
      tag: `awaz-${station}`,
      data: { url },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

/** Show the station in a page of it that is open, or else in a new one. */
async function open(url) {
  const { pathname } = new URL(url);
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = pages.find((page) => new URL(page.url).pathname === pathname);
  await (shown ? shown.focus() : self.clients.openWindow(pathname));
}
